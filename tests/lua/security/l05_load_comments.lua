-- EXPECT: budget -- comments and blanks are no tokens
-- allow-load
local text = ("--\n \n"):rep(100000)
while true do loadstring(text) end

-- EXPECT: budget -- 1 MB sub in a loop
local s = ("x"):rep(1000000)
while true do local a = s:sub(2) end

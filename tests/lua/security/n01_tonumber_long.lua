-- EXPECT: budget -- 1 MB of digits in a loop
local s = ("1"):rep(1000000)
while true do tonumber(s) end

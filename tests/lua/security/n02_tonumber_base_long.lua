-- EXPECT: budget -- 1 MB of digits in base 36 in a loop
local s = ("z"):rep(1000000)
while true do tonumber(s, 36) end

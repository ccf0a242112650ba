-- EXPECT: budget -- arithmetic on a 300 kB numeral
local s, n = ("1"):rep(300000), 0
while true do n = n + s end

-- EXPECT: budget -- operators convert their operands
local s, n = (" "):rep(500000) .. "1", 0
while true do n = s + 1 n = 1 - s n = -s n = s ^ s n = s % 2 n = n * s n = n / s end

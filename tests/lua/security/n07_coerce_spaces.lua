-- EXPECT: budget -- a numeral in 1 MB of spaces
local s, n = (" "):rep(1000000) .. "1", 0
while true do n = n + s end

-- EXPECT: budget -- < on equal 1 MB strings reads both
local a, b = ("x"):rep(1000000), ("x"):rep(1000000)
local n = 0
while true do if a <= b then n = n + 1 end end

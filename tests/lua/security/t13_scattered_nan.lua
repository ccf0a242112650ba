-- EXPECT: error -- NaN is no key of a scattered table either
local t = {}
for i = 1, 40 do t[i * 12345] = i end
t[0 / 0] = 1

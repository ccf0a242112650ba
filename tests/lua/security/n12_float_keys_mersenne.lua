-- EXPECT: ok|budget -- keys that are equal modulo 2^61-1
local t = {}
for e = -1000, 1000 do t[2^e] = e end
local n = 0
for r = 1, 500 do for e = -1000, 1000, 61 do n = n + t[2^e] end end
return n ~= 0

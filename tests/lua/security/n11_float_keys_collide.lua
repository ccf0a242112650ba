-- EXPECT: ok|budget -- keys that collide in a hash of low bits
local t = {}
for i = 1, 20000 do t[i * 2^40] = i end
local n = 0
for i = 1, 20000 do n = n + t[i * 2^40] end
return n

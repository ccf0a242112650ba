-- EXPECT: ok|budget -- keys of one hash in many sizes
local t = {}
for e = -17, 16 do for m = 1, 40 do t[m * 2 ^ (61 * e)] = 1 end end
local n = 0
for i = 1, 300000 do if t[3 * 2 ^ (61 * 5)] then n = n + 1 end end
return n

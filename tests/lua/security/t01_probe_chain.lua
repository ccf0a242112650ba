-- EXPECT: ok|budget -- keys on one probe chain of a dict, and a read that passes them all
local t, x = {}, 0
for i = 1, 43689 do x = (5 * x + 1) % 65536 t[x] = 1 end
local n = 0
for i = 1, 1000000 do if t[68941] then n = n + 1 end end
return n

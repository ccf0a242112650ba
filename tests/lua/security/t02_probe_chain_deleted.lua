-- EXPECT: ok|budget -- the same chain left over when all other keys are removed
local t, keep, x = {}, {}, 0
for i = 1, 5000 do x = (5 * x + 1) % 16384 keep[x] = true end
for i = 1, 30000 do t[i] = 1 end
for i = 1, 30000 do if not keep[i] then t[i] = nil end end
for i = 1, 3000 do t["s" .. i] = 1 end
local n = 0
for i = 1, 200000 do if t[31912] then n = n + 1 end end
return n

-- EXPECT: ok|budget -- next from keys on the chain, in no order
local t, x = {}, 0
for i = 1, 8000 do x = (5 * x + 1) % 16384 t[x] = 1 end
local n = 0
for i = 1, 8000 do x = (5 * x + 1) % 16384 if t[x] then n = n + (next(t, x) or 0) end end
return n

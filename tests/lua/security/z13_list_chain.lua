-- EXPECT: ok|budget -- keys of one chain in a table that was a list, whose removed positions still fill places
local t, x = {}, 0
for i = 1, 20000 do t[#t + 1] = 1 end
for i = 1, 19999 do t[#t] = nil end
for i = 1, 20000 do x = (5 * x + 1) % 32768 t[x] = 1 t[x] = nil end
local n = 0
for i = 1, 200000 do if t[40000.5] or t[33768] then n = n + 1 end end
return n

-- EXPECT: ok|budget -- next() asked in the opposite order
local t = {}
for i = 1, 40000 do t["k" .. i] = i end
local n = 0
for i = 40000, 1, -1 do if next(t, "k" .. i) then n = n + 1 end end
return n

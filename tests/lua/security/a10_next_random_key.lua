-- EXPECT: ok|budget -- next() after a key in the middle must not search
local t = {}
for i = 1, 40000 do t["k" .. i] = i end
local n = 0
for i = 1, 40000 do if next(t, "k" .. i) then n = n + 1 end end
return n

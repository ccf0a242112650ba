-- EXPECT: ok|budget -- for k in next, t with a break on a huge table
local t = {}
for i = 1, 50000 do t[i] = i end
local n = 0
for i = 1, 100000 do for k in next, t do n = n + 1 break end end
return n

-- EXPECT: ok|budget -- # where borders are far away
local t = {}
for i = 1, 50000 do t[i] = i end
for i = 2, 50000, 2 do t[i] = nil end
local n = 0
for i = 1, 300000 do n = n + #t t[1] = i end
return n >= 0

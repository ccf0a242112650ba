-- EXPECT: ok|budget -- # on a large table in a loop
local t = {}
for i = 1, 50000 do t[i] = i end
local n = 0
for i = 1, 1000000 do n = n + #t end
return n > 0

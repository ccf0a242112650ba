-- EXPECT: ok|budget -- # on a table emptied from the front
local t = {}
for i = 1, 50000 do t[i] = i end
for i = 1, 49999 do t[i] = nil end
local n = 0
for i = 1, 300000 do n = n + #t end
return n >= 0

-- EXPECT: budget|ok -- remove from the front of a long list
local t = {}
for i = 1, 20000 do t[i] = i end
for i = 1, 20000 do table.remove(t, 1) end
return #t

-- EXPECT: budget|ok -- insert at the front of a long list
local t = {}
for i = 1, 20000 do table.insert(t, 1, i) end
return #t

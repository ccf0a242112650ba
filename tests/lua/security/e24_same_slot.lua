-- EXPECT: budget -- one entry, set and removed
local t = {}
while true do t.x = 1 t.x = nil end

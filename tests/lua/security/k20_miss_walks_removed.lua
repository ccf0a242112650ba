-- EXPECT: budget -- a handler walks over removed keys at each miss, as the lookup of a missing header did
local t = setmetatable({}, {__index = function(t, k) return table.maxn(t) end})
for i = 1, 20000 do t["h" .. i] = 1 end
for i = 1, 19999 do t["h" .. i] = nil end
while true do local _ = t.missing end

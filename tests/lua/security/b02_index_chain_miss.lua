-- EXPECT: budget -- a miss walks the whole chain
local t = {}
for i = 1, 90 do t = setmetatable({}, {__index = t}) end
local n = 0
while true do if not t.x then n = n + 1 end end

-- EXPECT: budget -- a chain of __newindex tables
local t = {}
for i = 1, 90 do t = setmetatable({}, {__newindex = t}) end
while true do t.x = nil end

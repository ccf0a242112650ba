-- EXPECT: budget -- 90 tables behind each other at every access
local t = {x = 1}
for i = 1, 90 do t = setmetatable({}, {__index = t}) end
local n = 0
while true do n = n + t.x end

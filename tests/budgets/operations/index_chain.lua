-- __index through 99 tables.
local t = {}
for i = 1, 99 do t = setmetatable({}, { __index = t }) end
local n
for i = 1, 1e9 do n = t.x end

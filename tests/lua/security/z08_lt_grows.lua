-- EXPECT: budget|error -- __lt that makes tables
local m = {} m.__lt = function(a, b) return setmetatable({a, b}, m) < setmetatable({}, m) end
return setmetatable({}, m) < setmetatable({}, m)

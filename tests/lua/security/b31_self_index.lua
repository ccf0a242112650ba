-- EXPECT: error|budget -- a table that is its own __index
local t = {}
t.__index = t
setmetatable(t, t)
return t.x

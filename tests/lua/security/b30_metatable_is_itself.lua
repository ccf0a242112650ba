-- EXPECT: ok =nil -- a table that is its own metatable and __index
local t = {}
t.__index = nil
setmetatable(t, t)
return t.x

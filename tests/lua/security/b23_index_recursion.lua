-- EXPECT: error|budget -- __index that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__index = function(...) return a.x end
return a.x

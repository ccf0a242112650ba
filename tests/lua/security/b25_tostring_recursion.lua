-- EXPECT: error|budget -- __tostring that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__tostring = function(...) return tostring(a) end
return tostring(a)

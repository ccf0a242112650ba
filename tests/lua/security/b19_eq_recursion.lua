-- EXPECT: error|budget -- __eq that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__eq = function(...) return a == b end
return a == b

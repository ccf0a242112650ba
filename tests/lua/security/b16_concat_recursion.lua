-- EXPECT: error|budget -- __concat that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__concat = function(...) return a .. a end
return a .. a

-- EXPECT: error|budget -- __add that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__add = function(...) return a + a end
return a + a

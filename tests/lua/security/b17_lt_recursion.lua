-- EXPECT: error|budget -- __lt that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__lt = function(...) return a < a end
return a < a

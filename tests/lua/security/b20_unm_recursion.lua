-- EXPECT: error|budget -- __unm that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__unm = function(...) return -a end
return -a

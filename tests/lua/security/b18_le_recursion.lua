-- EXPECT: error|budget -- __le that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__le = function(...) return a <= a end
return a <= a

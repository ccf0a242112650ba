-- EXPECT: error|budget -- __call that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__call = function(...) return a() end
return a()

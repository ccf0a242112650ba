-- EXPECT: error|budget -- __newindex that calls itself: stack overflow, not a Python exception
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__newindex = function(...) return (function() a.x = 1 end)() end
return (function() a.x = 1 end)()

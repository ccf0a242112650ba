-- EXPECT: error|budget -- a cycle of __newindex tables
local a, b = {}, {}
setmetatable(a, {__newindex = b})
setmetatable(b, {__newindex = a})
a.x = 1

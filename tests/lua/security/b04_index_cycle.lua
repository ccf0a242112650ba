-- EXPECT: error|budget -- a cycle of __index tables
local a, b = {}, {}
setmetatable(a, {__index = b})
setmetatable(b, {__index = a})
return a.x

-- EXPECT: error|budget -- __index functions that call each other
local a, b a = setmetatable({}, {__index = function(_, k) return b[k] end}) b = setmetatable({}, {__index = function(_, k) return a[k] end})
return a.x

-- EXPECT: budget -- pcall around metamethods that never end
local m = setmetatable({}, {__index = function() while true do end end, __add = function() while true do end end})
pcall(function() return m.x end) pcall(function() return m + 1 end) return "survived"

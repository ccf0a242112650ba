-- EXPECT: budget -- a budget that ends inside __tostring
local t = setmetatable({}, {__tostring = function() while true do end end})
pcall(print, t) return "survived"

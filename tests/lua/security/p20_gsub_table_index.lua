-- EXPECT: budget -- a replacement table with a looping __index
local t = setmetatable({}, {__index = function() while true do end end})
return (("x"):gsub("x", t))

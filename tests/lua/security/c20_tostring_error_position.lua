-- EXPECT: error -- an operand that raises while its error is made
local t = setmetatable({}, {__tostring = function() error("x") end})
return t + 1

-- EXPECT: error|budget -- a string metatable that reads itself
getmetatable("").__index = function(s, k) return s[k] end
return ("x").y

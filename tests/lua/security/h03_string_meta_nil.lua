-- EXPECT: error -- no __index on strings
getmetatable("").__index = nil
return ("x"):upper()

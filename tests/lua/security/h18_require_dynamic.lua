-- EXPECT: parse|error -- a computed module name
local n = "x"
return require(n .. "y")

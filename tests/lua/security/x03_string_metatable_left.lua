-- EXPECT: ok =nil -- the metatable of strings belongs to the run
local before = ("x").leaked
getmetatable("").__index.leaked = 1
return tostring(before)

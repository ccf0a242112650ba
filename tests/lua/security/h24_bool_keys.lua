-- EXPECT: ok =abcd -- booleans and numbers are different keys
local t = {}
t[1] = "a" t[true] = "b" t[0] = "c" t[false] = "d"
return t[1] .. t[true] .. t[0] .. t[false]

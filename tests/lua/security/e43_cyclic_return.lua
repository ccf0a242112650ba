-- EXPECT: ok -- a cyclic table as result
local t = {}
t.t = t
return t

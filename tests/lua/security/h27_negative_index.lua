-- EXPECT: ok =nil -- t[-1] is a key, not the last element
local t = {1, 2, 3}
return t[-1]

-- EXPECT: ok|budget -- a plain search, difference in the middle
local n = ("a"):rep(10000)
return ((n .. n .. n):find(n .. "b" .. n, 1, true))

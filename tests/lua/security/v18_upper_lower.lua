-- EXPECT: ok|budget -- upper of lower
local s = ("aB"):rep(100000) for i = 1, 100000 do s = s:upper():lower() end return #s

-- EXPECT: budget -- a replacement of 2 MB, for each byte
local r = ("%0"):rep(50000)
return #("x"):rep(50000):gsub("x", r)

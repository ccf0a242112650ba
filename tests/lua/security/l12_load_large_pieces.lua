-- EXPECT: budget -- pieces of a megabyte
-- allow-load
local piece = (" "):rep(1000000)
return load(function() return piece end)

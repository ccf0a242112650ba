-- EXPECT: ok|budget -- frontiers everywhere
local n = 0 for w in (("a "):rep(20000)):gmatch("%f[%a]%a%f[%A]") do n = n + 1 end return n

-- EXPECT: ok|budget -- empty matches over a long string
local n = 0
for _ in ("x"):rep(100000):gmatch("") do n = n + 1 end
return n

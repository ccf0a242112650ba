-- EXPECT: budget -- a 1 MB key is hashed and compared at every lookup
local k = ("x"):rep(1000000)
local t = {[("x"):rep(1000000)] = 1}
local n = 0
while true do n = n + t[k] end

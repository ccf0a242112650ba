-- EXPECT: budget -- long keys in constructors
local k = ("k"):rep(500000)
while true do local t = {[k] = 1} end

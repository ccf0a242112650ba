-- EXPECT: budget -- a long key stored again and again
local t = {}
local k = ("k"):rep(500000)
while true do t[k] = 1 t[k] = nil end

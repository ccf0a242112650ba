-- EXPECT: budget -- 1 MB reverse in a loop
local s = ("x"):rep(1000000)
while true do s:reverse() end

-- EXPECT: budget -- 1 MB upper in a loop
local s = ("x"):rep(1000000)
while true do s:upper() end

-- EXPECT: budget -- %s of 1 MB in a loop
local s = ("x"):rep(1000000)
while true do string.format("%s", s) end

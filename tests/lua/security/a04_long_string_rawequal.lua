-- EXPECT: budget -- rawequal on long strings
local a, b = ("x"):rep(1000000), ("x"):rep(1000000)
while true do rawequal(a, b) end

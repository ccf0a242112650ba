-- EXPECT: budget -- byte in a loop
local s, n = ("x"):rep(1000), 0
while true do n = n + s:byte(500) end

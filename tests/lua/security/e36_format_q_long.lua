-- EXPECT: budget -- %q of 1 MB in a loop
local s = ("\n"):rep(1000000)
while true do string.format("%q", s) end

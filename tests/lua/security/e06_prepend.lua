-- EXPECT: budget -- a growing string in a loop
local s = ""
while true do s = "x" .. s end

-- EXPECT: budget -- doubling by ..
local s = "x"
while true do s = s .. s end

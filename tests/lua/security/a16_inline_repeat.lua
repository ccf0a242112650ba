-- EXPECT: budget -- repeat with an inline condition only
local x = 1
repeat until x > 2 or x ~= x

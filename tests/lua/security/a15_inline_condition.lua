-- EXPECT: budget -- a loop whose condition has inline operations only
local x = 1
while x < 2 and x == x and not (x > 5) do end

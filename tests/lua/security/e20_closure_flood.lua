-- EXPECT: budget -- closures in a loop
local x = 1
while true do local f = function() return x end end

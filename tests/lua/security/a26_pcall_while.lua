-- EXPECT: budget -- a stop inside pcall ends the run
local n = 0
while true do pcall(function() while true do n = n + 1 end end) end

-- EXPECT: budget -- closures that hold each other
local f while true do local g = f f = function() return g end end

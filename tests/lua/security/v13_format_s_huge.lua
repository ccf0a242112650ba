-- EXPECT: budget -- %s of a huge text again and again
local s = ("x"):rep(1000000) while true do local t = ("%s"):format(s) end

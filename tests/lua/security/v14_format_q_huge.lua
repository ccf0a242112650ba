-- EXPECT: budget -- %q of what must be escaped
local s = ('"'):rep(100000) while true do s = ("%q"):format(s) end

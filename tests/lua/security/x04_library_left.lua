-- EXPECT: ok =nil -- a library belongs to the run
local before = string.leaked string.leaked = 1 math.leaked = 2 local was = leaked _G.leaked = 3
return tostring(before or was)

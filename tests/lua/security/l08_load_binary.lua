-- EXPECT: ok =nil -- bytecode is refused, whoever made it
-- allow-load
local made = loadstring("\27Lua\81\0\1\4\8\4\8\0") or loadstring("\27LJ\2") or loadstring("\27") or (string.dump and 1)
return made

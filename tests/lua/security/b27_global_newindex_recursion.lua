-- EXPECT: error|budget -- __newindex of the globals that writes a global
setmetatable(_G, {__newindex = function(t, k, v) another = v end})
first = 1

-- EXPECT: error|budget -- __index of the globals that reads an undefined global
setmetatable(_G, {__index = function(t, k) return undefined_too end})
return anything

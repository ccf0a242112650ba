-- EXPECT: ok|error -- metatables on library tables
setmetatable(string, {__index = function(_, k) return k end})
return string.nothing

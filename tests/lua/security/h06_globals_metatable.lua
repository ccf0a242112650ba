-- EXPECT: ok =dynamic x -- reads of undefined globals can be caught
setmetatable(_G, {__index = function(_, k) return "dynamic " .. k end})
return x

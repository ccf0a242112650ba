-- EXPECT: ok -- built-ins replaced by wrong types
pairs, ipairs, next, type = 1, "x", {}, nil
local ok = pcall(function() for k in pairs({}) do end end)
local ok2 = pcall(function() for k in ipairs({}) do end end)
tostring = nil
return ok == false and ok2 == false

-- EXPECT: ok =true -- tostring gives no Python representation
local s = tostring(print) .. tostring({}) .. tostring(function() end)
return not s:find("object at") and not s:find("<") and not s:find("lambda")

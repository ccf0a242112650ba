local function a() local x = {} return x.y.z end
local function b() return (a()) end
local function c() local r = b() return r end
print(pcall(c)) --> false\tuncaught_nested.lua:1: attempt to index field 'y' (a nil value)
print(xpcall(c, function(m) return "handler saw " .. m end)) --> false\thandler saw uncaught_nested.lua:1: attempt to index field 'y' (a nil value)
c() --> error: uncaught_nested.lua:1: attempt to index field 'y' (a nil value)

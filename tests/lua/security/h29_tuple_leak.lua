-- EXPECT: ok =1 -- no tuple becomes visible
local function f() return 1, 2 end
local t = {f(), (f())}
local x = (f())
return x

-- EXPECT: budget -- select over long varargs
local function f(...) local n = 0 while true do n = n + select("#", ...) local a = select(500, ...) end end
local t = {}
for i = 1, 1000 do t[i] = i end
f(unpack(t))

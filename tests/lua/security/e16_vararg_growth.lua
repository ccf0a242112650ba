-- EXPECT: budget|error -- f(..., ...) doubles its arguments
local function f(...) return f(1, ..., ...) end
local function g(...) local t = {...} for i = 1, select("#", ...) do t[#t + 1] = i end return g(unpack(t)) end
return g(1)

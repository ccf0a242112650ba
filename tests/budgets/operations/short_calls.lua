-- Calls of functions with too many and too few arguments, and with several results.
local function f(a, b, c) return a, b, c end
local function g(...) return ... end
local n, m
for i = 1, 1e9 do n, m = f() n, m = f(1, 2, 3, 4) n, m = g() n = (g(1, 2, 3)) end

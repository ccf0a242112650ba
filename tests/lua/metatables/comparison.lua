-- __eq, __lt, __le: when they are tried, with which arguments, what their results become.
local log = {}
local function note(...) log[#log + 1] = table.concat({...}, " ") end
local function take() local s = table.concat(log, "; ") log = {} return s end
local mt = {}
mt.__eq = function(a, b) note("eq", a.n, b.n) return a.n % 10 == b.n % 10 end
mt.__lt = function(a, b) note("lt", a.n, b.n) return a.n < b.n end
local function new(n, m) return setmetatable({n = n}, m or mt) end
local a, b, c = new(1), new(11), new(2)
print(a == b, take()) --> true\teq 1 11
print(a ~= b, take()) --> false\teq 1 11
print(a == a, take()) --> true\t
print(a == c, take()) --> false\teq 1 2
print(a == 1, take()) --> false\t
print(1 == a, take()) --> false\t
print(a == "a", a == nil, a == true, take()) --> false\tfalse\tfalse\t
print(a == {n = 1}, take()) --> false\t
print(rawequal(a, b), take()) --> false\t
local mt2 = {__eq = function() note("eq2") return true end}
print(a == new(1, mt2), take()) --> false\t
local mt3 = {__eq = mt.__eq}
print(a == new(1, mt3), take()) --> true\teq 1 1
print(new(5, mt3) == a, take()) --> false\teq 5 1
print(a < c, take()) --> true\tlt 1 2
print(a > c, take()) --> false\tlt 2 1
print(a <= c, take()) --> true\tlt 2 1
print(a >= c, take()) --> false\tlt 1 2
print(not (a < c), take()) --> false\tlt 1 2
print(pcall(function() return a < 1 end)) --> false\tcomparison.lua:29: attempt to compare table with number
print(pcall(function() return 1 < a end)) --> false\tcomparison.lua:30: attempt to compare number with table
print(pcall(function() return a <= "x" end)) --> false\tcomparison.lua:31: attempt to compare table with string
print(take()) -->
print(pcall(function() return a < {} end)) --> false\tcomparison.lua:33: attempt to compare two table values
print(pcall(function() return a < new(1, {__lt = function() return true end}) end)) --> false\tcomparison.lua:34: attempt to compare two table values
print(pcall(function() return {} < {} end)) --> false\tcomparison.lua:35: attempt to compare two table values
print(pcall(function() return setmetatable({}, {}) <= setmetatable({}, {}) end)) --> false\tcomparison.lua:36: attempt to compare two table values
local le = {__le = function(x, y) note("le", x.n, y.n) return x.n <= y.n end}
local d, e = new(1, le), new(2, le)
print(d <= e, d >= e, take()) --> true\tfalse\tle 1 2; le 2 1
print(pcall(function() return d < e end)) --> false\tcomparison.lua:40: attempt to compare two table values
local truthy = {__eq = function() return 5 end, __lt = function() return "yes" end, __le = function() return 0 end}
local f, g = new(1, truthy), new(2, truthy)
print(f == g, f ~= g, f < g, f <= g, f > g, f >= g) --> true\tfalse\ttrue\ttrue\ttrue\ttrue
local falsy = {__eq = function() end, __lt = function() return nil end, __le = function() return false end}
f, g = new(1, falsy), new(2, falsy)
print(f == g, f ~= g, f < g, f <= g, f > g, f >= g) --> false\ttrue\tfalse\tfalse\tfalse\tfalse
local multi = {__eq = function() return nil, true end, __lt = function() return true, false end}
f, g = new(1, multi), new(2, multi)
print(f == g, f < g) --> false\ttrue
print(pcall(function() local m = {__eq = 5} return new(1, m) == new(2, m) end)) --> false\tcomparison.lua:50: attempt to call a number value
print(pcall(function() local m = {__lt = "x"} return new(1, m) < new(2, m) end)) --> false\tcomparison.lua:51: attempt to call a string value
local bad = {__eq = function() error("eq failed") end, __lt = function() error("lt failed", 0) end}
print(pcall(function() return new(1, bad) == new(2, bad) end)) --> false\tcomparison.lua:52: eq failed
print(pcall(function() return new(1, bad) < new(2, bad) end)) --> false\tlt failed
local callable = setmetatable({}, {__call = function(_, x, y) return x.n == y.n end})
local m = {__eq = callable}
print(new(3, m) == new(3, m), new(3, m) == new(4, m)) --> true\tfalse
local set = {}
set.__index = set
set.__le = function(x, y) for k in pairs(x) do if not y[k] then return false end end return true end
set.__lt = function(x, y) return x <= y and not (y <= x) end
set.__eq = function(x, y) return x <= y and y <= x end
local function S(...) local t = setmetatable({}, set) for _, k in ipairs({...}) do t[k] = true end return t end
print(S(1, 2) <= S(1, 2, 3), S(1, 2) < S(1, 2, 3), S(1, 2) <= S(1, 2), S(1, 2) < S(1, 2), S(1, 2) == S(2, 1), S(1) == S(2)) --> true\ttrue\ttrue\tfalse\ttrue\tfalse
print(S(1, 4) <= S(1, 2, 3), S() < S(1), S(1) >= S()) --> false\ttrue\ttrue
local t = {}
t[a] = "by identity"
print(t[b], t[a]) --> nil\tby identity
print(#log > 0 or "no events for keys") --> no events for keys
print(("a" == new(1)), new == new, print == print) --> false\ttrue\ttrue
local list = {new(3), new(1), new(2)}
table.sort(list)
print(list[1].n, list[2].n, list[3].n, #log > 0) --> 1\t2\t3\ttrue

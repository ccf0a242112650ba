-- Calls: forms, argument adjustment, recursion, methods.
local function id(...) return ... end
print(id()) -->
print(id(1)) --> 1
print(id(1, nil, 3)) --> 1\tnil\t3
print((id(1, 2))) --> 1
print(id(id(1, 2), id(3, 4))) --> 1\t3\t4
local function two(a, b) return a, b end
print(two(1)) --> 1\tnil
print(two(1, 2, 3)) --> 1\t2
print(two()) --> nil\tnil
print(two(id(5, 6))) --> 5\t6
print(two(id(), id())) --> nil\tnil
print(type{}, type"s", type[[l]]) --> table\tstring\tstring
local function tab(t) return #t, t.x end
print(tab{1, 2, x = "named"}) --> 2\tnamed
local function str(s) return s .. "!" end
print(str"lit", str'lit', str[[long]]) --> lit!\tlit!\tlong!
print(str"a":upper()) --> A!
print(({f = function(self, x) return self.k, x end, k = "kv"}):f(1)) --> kv\t1
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
print(fact(5), fact(10), fact(20)) --> 120\t3628800\t2.4329020081766e+18
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(15)) --> 610
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10), odd(10), even(7)) --> true\tfalse\tfalse
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end return ack(m - 1, ack(m, n - 1)) end
print(ack(2, 3)) --> 9
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(150)) --> 150
print((function(a, b) return b, a end)(1, 2)) --> 2\t1
print((function() end)()) -->
print(type(function() end)) --> function
local fs = {function() return 1 end, function() return 2 end}
print(fs[1](), fs[2]()) --> 1\t2
print(({[1] = function(x) return x end})[1]("indexed")) --> indexed
local o = {name = "o"}
function o.plain(x) return x end
function o:method(x) return self.name, x end
print(o.plain(1), o:method(2)) --> 1\to\t2
print(o.method(o, 3), o["method"](o, 4)) --> o\to\t4
print(pcall(o.method)) --> false\tcalls.lua:41: attempt to index local 'self' (a nil value)
local m = o.method
print(m({name = "other"}, 5)) --> other\t5
print(("abc"):upper(), ("x"):rep(3), ("%d"):format(5)) --> ABC\txxx\t5
print(#("abc"):rep(2), -("5"):rep(2)) --> 6\t-55
local function curry(a) return function(b) return function(c) return a + b * c end end end
print(curry(1)(2)(3)) --> 7
local function compose(f, g) return function(...) return f(g(...)) end end
print(compose(tostring, math.abs)(-5)) --> 5
local function apply(f, ...) return f(...) end
print(apply(math.max, 3, 9, 4), apply(print, "via apply")) --> via apply
--> 9
local function map(t, f) local r = {} for i, v in ipairs(t) do r[i] = f(v, i) end return r end
print(table.concat(map({1, 2, 3}, function(x) return x * x end), " ")) --> 1 4 9
local function shadow(a) local a = a + 1 do local a = a + 1 end return a end
print(shadow(1)) --> 2
local function params(a, a) return a end
print(params(1, 2)) --> 2
local function defaults(x, y) x = x or 10 y = y or x * 2 return x, y end
print(defaults()) --> 10\t20
print(defaults(1)) --> 1\t2
print(defaults(1, 5)) --> 1\t5
print(defaults(nil, 5)) --> 10\t5
local function modifies(t, n) t.x = "changed" n = 100 end
local tt, nn = {x = 1}, 1
modifies(tt, nn)
print(tt.x, nn) --> changed\t1
function global_function(x) return x and "g" .. x end
print(global_function("f"), global_function()) --> gf\tnil
local function f() return f end
print(f()()()() == f) --> true
local rec = function(n) return n end
print(rec(1)) --> 1
local result = {pcall(id, 1, 2, 3)}
print(#result, result[1], result[4]) --> 4\ttrue\t3
print(select("#", id(nil, nil)), #{id(1, nil, 3)} ~= 2) --> 2\ttrue
print(pcall(function() local a a() end)) --> false\tcalls.lua:80: attempt to call local 'a' (a nil value)
print(pcall(function() undefined_function() end)) --> false\tcalls.lua:81: attempt to call global 'undefined_function' (a nil value)
print(pcall(function() o.nothing() end)) --> false\tcalls.lua:82: attempt to call field 'nothing' (a nil value)
print(pcall(function() o:nothing() end)) --> false\tcalls.lua:83: attempt to call method 'nothing' (a nil value)
print(pcall(function() o.name() end)) --> false\tcalls.lua:84: attempt to call field 'name' (a string value)
print(pcall(function() o.name.x.y() end)) --> false\tcalls.lua:85: attempt to index field 'x' (a nil value)
print(pcall(function() ("x")() end)) --> false\tcalls.lua:86: attempt to call a string value
print(pcall(function() (1)() end)) --> false\tcalls.lua:87: attempt to call a number value
print(pcall(function() ("x"):nope() end)) --> false\tcalls.lua:88: attempt to call method 'nope' (a nil value)
print(pcall(function() (nil)() end)) --> false\tcalls.lua:89: attempt to call a nil value
print(pcall(function() local t = {} t[1]() end)) --> false\tcalls.lua:90: attempt to call field '?' (a nil value)
print(pcall(function() local t = {} t["a b"]() end)) --> false\tcalls.lua:91: attempt to call field 'a b' (a nil value)
print(pcall(function() ({})() end)) --> false\tcalls.lua:92: attempt to call a table value
print(pcall(function() math.nothing() end)) --> false\tcalls.lua:93: attempt to call field 'nothing' (a nil value)
print(pcall(function() string.nope("x") end)) --> false\tcalls.lua:94: attempt to call field 'nope' (a nil value)
print(pcall(5)) --> false\tattempt to call a number value
print(pcall(nil)) --> false\tattempt to call a nil value
print(pcall({})) --> false\tattempt to call a table value
print(pcall("x")) --> false\tattempt to call a string value
local function tail(n) if n == 0 then return "done" end return tail(n - 1) end
print(tail(100)) --> done
local function many(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) return a10, a9, a8, a1 end
print(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) --> 10\t9\t8\t1
print((function(...) local a, b = ... return b, a end)(1, 2, 3)) --> 2\t1
print(#{(function() return 1, 2, 3 end)()}, #{(function() return 1, 2, 3 end)(), 10}) --> 3\t2
print(string.format("%s %s", (function() return "a", "b" end)())) --> a b
print(math.max((function() return 4, 8, 6 end)())) --> 8
local t = {id(1, 2), id(3, 4), x = id(5, 6)}
print(#t, t.x) --> 2\t5
local function swap2(a, b) return b, a end
print(swap2(swap2(1, 2))) --> 1\t2

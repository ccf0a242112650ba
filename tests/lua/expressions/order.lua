-- Order of evaluation, number of results, adjustment.
local log = {}
local function f(name, ...) log[#log + 1] = name return ... end
local function show() local s = table.concat(log, " ") log = {} return s end
local t = {f("1", 1), f("2", 2), x = f("x", 3), [f("k", "y")] = f("v", 4), f("3", 5)}
print(show(), #t, t.x, t.y, t[3]) --> 1 2 x k v 3\t3\t3\t4\t5
local _ = f("a", 1) + f("b", 2) * f("c", 3)
print(show()) --> a b c
_ = f("a", "x") .. f("b", "y") .. f("c", "z")
print(show()) --> a b c
_ = f("a", 1) < f("b", 2)
print(show()) --> a b
_ = f("a", 1) > f("b", 2)
print(show()) --> a b
_ = f("a", 1) >= f("b", 2)
print(show()) --> a b
_ = f("a", {})[f("b", 1)]
print(show()) --> a b
f("a", print)(f("b", "called"), f("c", "with")) --> called\twith
print(show()) --> a b c
local s = f("o", "str"):upper(f("arg"))
print(s, show()) --> STR\to arg
local a, b, c = f("a", 1), f("b", 2), f("c", 3)
print(show(), a, b, c) --> a b c\t1\t2\t3
local p, q, r = f("p", 1, 2), f("q", 3, 4, 5)
print(show(), p, q, r) --> p q\t1\t3\t4
p, q, r = f("only", 1)
print(show(), p, q, r) --> only\t1\tnil\tnil
p, q = f("more", 1), f("less", 2), f("extra", 3)
print(show(), p, q) --> more less extra\t1\t2
local function vals() return 1, 2, 3 end
print(vals(), vals()) --> 1\t1\t2\t3
print((vals()), vals()) --> 1\t1\t2\t3
print(vals(), 10) --> 1\t10
print(#{vals(), vals()}, #{vals(), (vals())}, #{(vals()), 5}) --> 4\t2\t2
print(1, (vals())) --> 1\t1
local function none() end
print((none())) --> nil
print(none(), 1) --> nil\t1
print(select("#", none()), select("#", (none())), select("#", none(), none())) --> 0\t1\t1
print(type(none() == nil)) --> boolean
local x, y = 1, 2
x, y = y, x
print(x, y) --> 2\t1
local i, arr = 1, {10, 20, 30}
i, arr[i] = i + 1, 99
print(i, arr[1], arr[2]) --> 2\t99\t20
local o = {v = 1}
o.v, o.w = 5, o.v
print(o.v, o.w) --> 5\t1
local m, n, k = 1, 2, 3
m, n, k = k, m, n
print(m, n, k) --> 3\t1\t2
local z = 1
local z = z + 1
print(z) --> 2
local fn = function() return z end
local z = 10
print(fn(), z) --> 2\t10
local d, e = (function() return 1, 2, 3 end)()
print(d, e) --> 1\t2
local str = ("x"):rep(2), "dropped"
print(str) --> xx
print(({1, 2, 3})[2], ({a = "A"}).a, ("lit"):len(), #{n = 1}) --> 2\tA\t3\t0
print((function(...) return select("#", ...) end)(nil, nil, nil)) --> 3

-- Table constructors, keys of every type, length.
print(#{}) --> 0
print(#{1, 2, 3}) --> 3
print(#{1, 2, 3,}) --> 3
print(#{1; 2; 3;}) --> 3
print(#{n = 1}) --> 0
print(#{1, x = 2, 3}) --> 2
print(({1, 2, 3})[1], ({1, 2, 3})[3], ({1, 2, 3})[4]) --> 1\t3\tnil
print(({[1] = "a", [2] = "b"})[2]) --> b
print(({"pos", [1] = "explicit"})[1]) --> pos
print(({[1] = "explicit", "pos"})[1]) --> pos
print(({["a b"] = 1})["a b"], ({a = 1}).a, ({["a"] = 2}).a) --> 1\t1\t2
print(({[1.5] = "f"})[1.5], ({[-1] = "neg"})[-1], ({[0] = "zero"})[0]) --> f\tneg\tzero
print(({[true] = "t", [false] = "f"})[true], ({[true] = "t", [false] = "f"})[false]) --> t\tf
print(({[1] = 1, [1.0] = 2})[1], ({["1"] = "s"})[1], ({["1"] = "s"})["1"]) --> 2\tnil\ts
local function f() return 1, 2, 3 end
print(#{f()}, #{f(), f()}, #{(f())}, #{f(), nil}, #{nil, f()}, #{f(), x = 1}) --> 3\t4\t1\t1\t4\t1
print(#{x = f()}, ({x = f()}).x) --> 0\t1
print(({[f()] = "multi key"})[1]) --> multi key
local key = "computed"
local t = {[key] = 1, [key .. "2"] = 2, key = 3}
print(t.computed, t.computed2, t.key) --> 1\t2\t3
t = {{1, 2}, {3, 4, {5}}}
print(t[1][2], t[2][3][1], #t, #t[2]) --> 2\t5\t2\t3
t = {f = function(x) return x * 2 end, g = {h = function() return "deep" end}}
print(t.f(4), t.g.h()) --> 8\tdeep
t = {1, 2, nil, 4}
print(t[1], t[2], t[3], t[4]) --> 1\t2\tnil\t4
t = {a = nil, b = false}
print(t.a, t.b, next({a = nil})) --> nil\tfalse\tnil
t = {}
t[1] = 1 t[2] = 2 t[3] = 3
print(#t) --> 3
t[3] = nil
print(#t) --> 2
t[#t + 1] = "appended"
print(#t, t[3]) --> 3\tappended
t[#t] = nil
print(#t) --> 2
t = {10, 20, 30, nil}
print(#t) --> 3
t = {n = 0, [0] = "z"}
print(#t) --> 0
t[1.0] = "one" t[2 ^ 1] = "two"
print(#t, t[1], t[2]) --> 2\tone\ttwo
t = {}
for i = 1, 100 do t[i] = i end
print(#t, t[50]) --> 100\t50
for i = 100, 51, -1 do t[i] = nil end
print(#t) --> 50
t = {}
t["10"] = "string" t[10] = "number"
print(t["10"], t[10], t[10.0], t["10.0"]) --> string\tnumber\tnumber\tnil
t[2^53] = "big" print(t[2^53], t[9007199254740992]) --> big\tbig
t[0.1 + 0.2] = "sum" print(t[0.3], t[0.1 + 0.2]) --> nil\tsum
t[1e300] = "huge" print(t[1e300], t[-1e300]) --> huge\tnil
t[1/0] = "inf" t[-1/0] = "-inf" print(t[math.huge], t[-math.huge]) --> inf\t-inf
local k1, k2 = {}, {}
t[k1] = "k1" t[k2] = "k2"
print(t[k1], t[k2], t[{}]) --> k1\tk2\tnil
t[f] = "fn" print(t[f], t[print]) --> fn\tnil
t[""] = "empty" print(t[""]) --> empty
t["\0"] = "nul" t["a\0b"] = "nul2" print(t["\0"], t["a\0b"], t["a\0c"]) --> nul\tnul2\tnil
t = {[1] = "a", [2] = "b", [3] = "c"}
print(#t, t[#t]) --> 3\tc
t = {"x", "y", n = 2, "z"}
print(#t, t.n, t[3]) --> 3\t2\tz
local big = {f(), f(), f(), {f()}, (f()), f()}
print(#big, #big[4], big[8]) --> 8\t3\t3
print(pcall(function() return {[nil] = 1} end)) --> false\tconstructors.lua:70: table index is nil
print(pcall(function() return {[0/0] = 1} end)) --> false\tconstructors.lua:71: table index is NaN
print(({}).x, ({})[nil], ({})[{}]) --> nil\tnil\tnil
local s = {}
s.self = s
print(s.self.self.self == s) --> true
t = {1, 2, 3, [2] = "overridden?", [10] = "ten"}
print(t[2], t[10]) --> 2\tten
local order = {}
local function o(x) order[#order + 1] = x return x end
t = {o(1), [o("k")] = o("v"), o(2), name = o("n")}
print(table.concat(order, " ")) --> 1 k v 2 n
t = {["end"] = 1, ["while"] = 2}
print(t["end"], t["while"]) --> 1\t2
t = { [ [[long]] ] = "long key", ['single'] = "quoted" }
print(t.long, t.single) --> long key\tquoted
print(#"", #"abc", #{...}) --> 0\t3\t0

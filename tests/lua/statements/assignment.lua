-- Assignment to every kind of place, and the errors of bad places.
local t = {}
t.x = 1
t["y"] = 2
t[3] = 3
t[1.5] = "float"
t[true] = "bool"
t[print] = "fn"
t[t] = "self"
print(t.x, t.y, t[3], t[1.5], t[true], t[print], t[t]) --> 1\t2\t3\tfloat\tbool\tfn\tself
t.x = nil
print(t.x, rawget(t, "x")) --> nil\tnil
t.n = {m = {}}
t.n.m.k = "deep"
print(t.n.m.k) --> deep
print(pcall(function() t.no.way = 1 end)) --> false\tassignment.lua:16: attempt to index field 'no' (a nil value)
print(pcall(function() local u u.x = 1 end)) --> false\tassignment.lua:17: attempt to index local 'u' (a nil value)
print(pcall(function() undefined_global.x = 1 end)) --> false\tassignment.lua:18: attempt to index global 'undefined_global' (a nil value)
print(pcall(function() t.x.y.z = 1 end)) --> false\tassignment.lua:19: attempt to index field 'x' (a nil value)
print(pcall(function() t[nil] = 1 end)) --> false\tassignment.lua:20: table index is nil
print(pcall(function() t[0/0] = 1 end)) --> false\tassignment.lua:21: table index is NaN
print(pcall(function() ("str").x = 1 end)) --> false\tassignment.lua:22: attempt to index a string value
print(pcall(function() (5).x = 1 end)) --> false\tassignment.lua:23: attempt to index a number value
print(pcall(function() t.x[1] = 1 end)) --> false\tassignment.lua:24: attempt to index field 'x' (a nil value)
print(pcall(function() t[1][2] = 1 end)) --> false\tassignment.lua:25: attempt to index field '?' (a nil value)
print(pcall(function() local f = print f.x = 1 end)) --> false\tassignment.lua:26: attempt to index local 'f' (a function value)
print(pcall(function() t["a b"].c = 1 end)) --> false\tassignment.lua:27: attempt to index field 'a b' (a nil value)
print(t[nil], t[0/0]) --> nil\tnil
local i = 1
i, t[i] = 2, "first"
print(i, t[1], t[2]) --> 2\tfirst\tnil
local p, q, r = 1
print(p, q, r) --> 1\tnil\tnil
p, q, r = 1, 2, 3, 4
print(p, q, r) --> 1\t2\t3
t[1], t[2], t[3] = 7, 8
print(t[1], t[2], t[3]) --> 7\t8\tnil
p, p, p = 1, 2, 3
print(p) --> 1
local list = {1, 2, 3}
local n = 1
n, list[n], list[n + 1] = 2, "a", "b"
print(n, list[1], list[2], list[3]) --> 2\ta\tb\t3
local obj = {count = 0}
function obj:inc(by) self.count = self.count + (by or 1) return self end
print(obj:inc():inc(5):inc().count) --> 7
function obj.static(x) return x end
print(obj.static(4)) --> 4
obj.sub = {deep = {}}
function obj.sub.deep.fn(x) return "fn", x end
print(obj.sub.deep.fn(1)) --> fn\t1
function obj.sub.deep:method(x) return self == obj.sub.deep, x end
print(obj.sub.deep:method(2)) --> true\t2
print(pcall(function() function obj.missing.f() end end)) --> false\tassignment.lua:54: attempt to index field 'missing' (a nil value)
local v = 5
v = v + v * v
print(v) --> 30
v = nil
print(v) --> nil
local s = "a"
s = s .. s .. s
print(s) --> aaa
local x, y, z = 1, 2, 3
x, y, z = y, z, x
print(x, y, z) --> 2\t3\t1
x, y, z = z, x
print(x, y, z) --> 1\t2\tnil
local function f() return 10, 20 end
x, y, z = f(), f()
print(x, y, z) --> 10\t10\t20
x, t[x] = f()
print(x, t[10]) --> 10\t20
t = {}

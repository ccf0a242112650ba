-- A field that is read and set in one statement: o.x = o.x + d, and exchanges.
local function f(o, d) o.x = o.x + d end
local o = {x = 1} f(o, 2) print(o.x) --> 3
o = setmetatable({x = 1}, {__newindex = function() print("no") end}) f(o, 2) print(o.x) --> 3
local C = {x = 10} C.__index = C
o = setmetatable({}, C) f(o, 2) print(o.x, C.x, rawget(o, "x")) f(o, 2) print(o.x, C.x) --> 12\t10\t12
--> 14\t10
o = setmetatable({}, {__index = function() return 5 end, __newindex = function(t, k, v) print("set", k, v) end}) f(o, 2) --> set\tx\t7
print(pcall(f, {x = "5"}, 1)) print(pcall(f, {}, 1)) print(pcall(f, nil, 1)) print(pcall(f, {x = 1}, {})) --> true
--> false\tupdates.lua:2: attempt to perform arithmetic on field 'x' (a nil value)
--> false\tupdates.lua:2: attempt to index local 'o' (a nil value)
--> false\tupdates.lua:2: attempt to perform arithmetic on local 'd' (a table value)
o = {x = "5"} f(o, 1) print(o.x) --> 6
local function g(t, i) t[i] = t[i] * 2 end
local t = {1, 2, 3} g(t, 2) print(t[1], t[2], t[3]) print(pcall(g, t, 9)) print(pcall(g, t, 0/0)) print(pcall(g, t, "2")) --> 1\t4\t3
--> false\tupdates.lua:14: attempt to perform arithmetic on field '?' (a nil value)
--> false\tupdates.lua:14: attempt to perform arithmetic on field '?' (a nil value)
--> false\tupdates.lua:14: attempt to perform arithmetic on field '?' (a nil value)
for i = 1, 3 do t[i] = t[i] + i end print(t[1], t[2], t[3]) --> 2\t6\t6
local function swap(t, i, j) t[i], t[j] = t[j], t[i] end
local t = {1, 2, 3} swap(t, 1, 3) print(t[1], t[2], t[3]) swap(t, 2, 2) print(t[2]) --> 3\t2\t1
--> 2
t = {a = 1, b = 2} swap(t, "a", "b") print(t.a, t.b) --> 2\t1
t = {1} swap(t, 1, 2) print(t[1], t[2], #t) print(pcall(swap, t, nil, 1)) print(pcall(swap, t, 0/0, 1)) print(pcall(swap, nil, 1, 2)) print(pcall(swap, "x", 1, 2)) --> nil\t1\t2
--> false\tupdates.lua:20: table index is nil
--> false\tupdates.lua:20: table index is NaN
--> false\tupdates.lua:20: attempt to index local 't' (a nil value)
--> false\tupdates.lua:20: attempt to index local 't' (a string value)
t = setmetatable({1}, {__index = function(_, k) return k * 10 end, __newindex = function(o, k, v) print("new", k, v) rawset(o, k, v) end}) swap(t, 1, 2) print(rawget(t, 1), rawget(t, 2)) --> new\t2\t1
--> 20\t1
t = {5, 3, 4, 1, 2} for i = 1, #t do for j = 1, #t - i do if t[j] > t[j + 1] then t[j], t[j + 1] = t[j + 1], t[j] end end end print(table.concat(t, " ")) --> 1 2 3 4 5
for i = 1, 1 do local a, b = {1}, {2} a[1], b[1] = b[1], a[1] print(a[1], b[1]) local o = {x = 1, y = 2} o.x, o.y = o.y, o.x print(o.x, o.y) end --> 2\t1
--> 2\t1
local function rot(t, i, j, k) t[i], t[j], t[k] = t[j], t[k], t[i] end t = {1, 2, 3} rot(t, 1, 2, 3) print(table.concat(t, " ")) --> 2 3 1
print(pcall(function(t, i, j) t[i], t[j] = t[j], t[i] end, {1, 2}, 1, {})) --> true

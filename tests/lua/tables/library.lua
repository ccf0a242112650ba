-- table.insert, remove, concat, maxn, getn: results and messages.
local t = {}
table.insert(t, "a") table.insert(t, "b") table.insert(t, 1, "first")
print(table.concat(t, " ")) --> first a b
table.insert(t, 2, "second") table.insert(t, #t + 1, "last")
print(table.concat(t, " ")) --> first second a b last
print(table.remove(t), table.concat(t, " ")) --> last\tfirst second a b
print(table.remove(t, 1), table.concat(t, " ")) --> first\tsecond a b
print(table.remove(t, 2), table.concat(t, " ")) --> a\tsecond b
print(table.remove(t), table.remove(t), table.remove(t), #t) --> b\tsecond\tnil\t0
print(table.remove({}), table.remove({}, 1), table.remove({}, 5)) --> nil\tnil
print(select("#", table.remove({})), select("#", table.remove({1})), select("#", table.insert({}, 1))) --> 0\t1\t0
print(table.remove({1, 2, 3}, 4), table.remove({1, 2, 3}, 0), table.remove({1, 2, 3}, -1)) --> nil\tnil
t = {1, 2, 3} print(table.remove(t, 3), #t) --> 3\t2
t = {1, 2, 3} print(table.remove(t, "1"), t[1]) --> 1\t2
t = {1, 2, 3} print(table.remove(t, 1.9), t[1]) --> 1\t2
t = {[0] = "zero", "one"} print(table.remove(t, 0), t[0], t[1]) --> nil\tzero\tone
t = {} table.insert(t, 5, "five") print(t[5], #t == 0 or #t == 5) --> five\ttrue
t = {1, 2} table.insert(t, "1", "s") print(t[1], t[2], t[3]) --> s\t1\t2
t = {1, 2} table.insert(t, 1.7, "f") print(t[1], t[2], t[3]) --> f\t1\t2
t = {1} table.insert(t, nil) print(#t) --> 1
t = {1, 2, 3} table.insert(t, 2, nil) print(t[1], t[2], t[3], t[4]) --> 1\tnil\t2\t3
t = {} table.insert(t, 0, "at zero") print(t[0], t[1]) --> at zero\tnil
t = {"a"} table.insert(t, -1, "neg") print(t[-1], t[1]) --> neg\tnil
print(pcall(table.insert)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(table.insert, {})) --> false\twrong number of arguments to 'insert'
print(pcall(table.insert, nil, 1)) --> false\tbad argument #1 to '?' (table expected, got nil)
print(pcall(table.insert, {}, 1, 2, 3)) --> false\twrong number of arguments to 'insert'
print(pcall(table.insert, {}, "x", 2)) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(table.insert, {}, {}, 2)) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(table.insert, "str", 1)) --> false\tbad argument #1 to '?' (table expected, got string)
print(pcall(table.remove)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(table.remove, 5)) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(table.remove, {1}, "x")) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(function() table.insert() end)) --> false\tlibrary.lua:35: bad argument #1 to 'insert' (table expected, got no value)
print(pcall(function() table.insert({}) end)) --> false\tlibrary.lua:36: wrong number of arguments to 'insert'
print(pcall(function() table.insert({}, 1, 2, 3) end)) --> false\tlibrary.lua:37: wrong number of arguments to 'insert'
print(pcall(function() table.insert(nil, 1) end)) --> false\tlibrary.lua:38: bad argument #1 to 'insert' (table expected, got nil)
print(pcall(function() table.insert({}, "x", 2) end)) --> false\tlibrary.lua:39: bad argument #2 to 'insert' (number expected, got string)
print(pcall(function() table.remove() end)) --> false\tlibrary.lua:40: bad argument #1 to 'remove' (table expected, got no value)
print(pcall(function() table.remove({1}, {}) end)) --> false\tlibrary.lua:41: bad argument #2 to 'remove' (number expected, got table)
print(pcall(function() table.concat() end)) --> false\tlibrary.lua:42: bad argument #1 to 'concat' (table expected, got no value)
print(pcall(function() table.concat({{}}) end)) --> false\tlibrary.lua:43: invalid value (table) at index 1 in table for 'concat'
print(pcall(function() table.concat({1, 2}, {}) end)) --> false\tlibrary.lua:44: bad argument #2 to 'concat' (string expected, got table)
print(pcall(function() table.sort() end)) --> false\tlibrary.lua:45: bad argument #1 to 'sort' (table expected, got no value)
print(pcall(function() table.sort({3, 1}, 5) end)) --> false\tlibrary.lua:46: bad argument #2 to 'sort' (function expected, got number)
print(pcall(function() table.maxn() end)) --> false\tlibrary.lua:47: bad argument #1 to 'maxn' (table expected, got no value)
print(pcall(function() table.getn() end)) --> false\tlibrary.lua:48: bad argument #1 to 'getn' (table expected, got no value)
print(table.concat({})) -->
print(table.concat({}, "x") == "") --> true
print(table.concat({"a"}, "x")) --> a
print(table.concat({"a", "b", "c"})) --> abc
print(table.concat({"a", "b", "c"}, ", ")) --> a, b, c
print(table.concat({1, 2, 3}, "-")) --> 1-2-3
print(table.concat({1.5, -2, 1e20, 0.1}, " ")) --> 1.5 -2 1e+20 0.1
print(table.concat({"a", "b", "c"}, "", 2)) --> bc
print(table.concat({"a", "b", "c"}, "|", 2, 3)) --> b|c
print(table.concat({"a", "b", "c"}, "|", 3, 3)) --> c
print(table.concat({"a", "b", "c"}, "|", 3, 2) == "") --> true
print(table.concat({"a", "b", "c"}, "|", 1, 2)) --> a|b
print(table.concat({[0] = "z", "a"}, "|", 0, 1)) --> z|a
print(table.concat({[-1] = "m", [0] = "z", "a"}, "|", -1)) --> m|z|a
print(table.concat({"a", "b"}, 1)) --> a1b
print(table.concat({"a", "b"}, 1.5)) --> a1.5b
print(table.concat({"a", "b"}, nil, "1", "2")) --> ab
print(table.concat({"a", "b"}, "long separator")) --> along separatorb
print(table.concat({"a\0b", "c"}, "\0") == "a\0b\0c") --> true
print(pcall(table.concat, {1, {}, 3})) --> false\tinvalid value (table) at index 2 in table for 'concat'
print(pcall(table.concat, {1, nil, 3}, ",", 1, 3)) --> false\tinvalid value (nil) at index 2 in table for 'concat'
print(pcall(table.concat, {true})) --> false\tinvalid value (boolean) at index 1 in table for 'concat'
print(pcall(table.concat, {1, 2}, ",", 1, 3)) --> false\tinvalid value (nil) at index 3 in table for 'concat'
print(pcall(table.concat, {"a"}, ",", 0)) --> false\tinvalid value (nil) at index 0 in table for 'concat'
print(pcall(table.concat, {print})) --> false\tinvalid value (function) at index 1 in table for 'concat'
print(pcall(table.concat, nil)) --> false\tbad argument #1 to '?' (table expected, got nil)
print(pcall(table.concat, {}, {})) --> false\tbad argument #2 to '?' (string expected, got table)
print(pcall(table.concat, {}, ",", "x")) --> false\tbad argument #3 to '?' (number expected, got string)
print(pcall(table.concat, {}, ",", 1, "x")) --> false\tbad argument #4 to '?' (number expected, got string)
print(table.maxn({}), table.maxn({1, 2, 3}), table.maxn({1, nil, 3}), table.maxn({[10] = 1, [2.5] = 1}), table.maxn({[-5] = 1}), table.maxn({x = 1}), table.maxn({[1e10] = 1})) --> 0\t3\t3\t10\t0\t0\t10000000000
print(table.getn({}), table.getn({1, 2}), table.getn({n = 5})) --> 0\t2\t0
print(pcall(table.maxn, 5)) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(table.getn, "x")) --> false\tbad argument #1 to '?' (table expected, got string)
print(type(table.foreach), type(table.foreachi), type(table.setn)) --> function\tfunction\tfunction
local sep = setmetatable({}, {__tostring = function() return "-" end})
print(pcall(table.concat, {"a", "b"}, sep)) --> false\tbad argument #2 to '?' (string expected, got table)
local stack = {}
for i = 1, 5 do table.insert(stack, i * i) end
local popped = {}
while #stack > 0 do popped[#popped + 1] = table.remove(stack) end
print(table.concat(popped, " ")) --> 25 16 9 4 1
local queue = {}
for i = 1, 5 do table.insert(queue, i) end
local taken = {}
while #queue > 0 do taken[#taken + 1] = table.remove(queue, 1) end
print(table.concat(taken, " ")) --> 1 2 3 4 5
local front = {}
for i = 1, 5 do table.insert(front, 1, i) end
print(table.concat(front, " ")) --> 5 4 3 2 1
t = {1, 2, 3, 4, 5, 6}
for i = #t, 1, -1 do if t[i] % 2 == 0 then table.remove(t, i) end end
print(table.concat(t, " ")) --> 1 3 5
local meta = setmetatable({}, {__index = function(_, i) if i <= 3 then return "v" .. i end end})
print(table.concat(meta, ","), #meta, pcall(table.concat, meta, ",", 1, 3)) --> \t0\tfalse\tinvalid value (nil) at index 1 in table for 'concat'
local proxy = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v .. "!") end})
table.insert(proxy, "raw") print(proxy[1]) --> raw
print(next({}), next({10}), next({10}, 1), next({a = 1})) --> nil\t1\tnil\ta\t1
print(pcall(next, {}, "nokey")) --> false\tinvalid key to 'next'
print(pcall(next, {1, 2}, 5)) --> false\tinvalid key to 'next'
print(pcall(next)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(next, 5)) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(function() next({}, "nokey") end)) --> false\tinvalid key to 'next'
print(pcall(function() next(nil) end)) --> false\tlibrary.lua:111: bad argument #1 to 'next' (table expected, got nil)
print(rawequal(t, t), rawequal({}, {}), rawequal(1, 1), rawequal("a", "a"), rawequal(1, "1")) --> true\tfalse\ttrue\ttrue\tfalse
print(rawget({5}, 1), rawget({}, 1), rawget({a = "x"}, "a"), rawset({}, 1, "v")[1]) --> 5\tnil\tx\tv
print(pcall(rawget)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(rawget, {})) --> false\tbad argument #2 to '?' (value expected)
print(pcall(rawget, 1, 1)) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(rawset, {}, 1)) --> false\tbad argument #3 to '?' (value expected)
print(pcall(rawset, {}, nil, 1)) --> false\ttable index is nil
print(pcall(rawset, {}, 0/0, 1)) --> false\ttable index is NaN
print(pcall(rawequal, 1)) --> false\tbad argument #2 to '?' (value expected)
print(pcall(rawset, 5, 1, 1)) --> false\tbad argument #1 to '?' (table expected, got number)

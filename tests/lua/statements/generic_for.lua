-- The generic for: iterator protocol, state, control variable, refused values.
for i, v in ipairs({"a", "b", "c"}) do print(i, v) end --> 1\ta
--> 2\tb
--> 3\tc
for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end --> 1\t1
--> 2\t2
for i, v in ipairs({}) do print("never") end
for k, v in pairs({x = 1}) do print(k, v) end --> x\t1
for k, v in pairs({10, 20, 30}) do print(k, v) end --> 1\t10
--> 2\t20
--> 3\t30
for k in pairs({}) do print("never") end
for k, v in next, {"n"} do print(k, v) end --> 1\tn
for k, v in next, {one = 1}, nil do print(k, v) end --> one\t1
local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end
for i in range(3) do print(i) end --> 1
--> 2
--> 3
local function iter(state, control) if control < state.max then return control + 1, control * 2 end end
for a, b in iter, {max = 3}, 0 do print(a, b) end --> 1\t0
--> 2\t2
--> 3\t4
for a, b, c in function(_, n) if n < 2 then return n + 1, "second", "third", "dropped" end end, nil, 0 do print(a, b, c) end --> 1\tsecond\tthird
--> 2\tsecond\tthird
for a, b in function(_, n) if not n then return "only" end end do print(a, b) end --> only\tnil
for v in function() return nil, "never" end do print("never") end
for v in function() return false end do print(v) break end --> false
for w in string.gmatch("one two three", "%a+") do print(w) end --> one
--> two
--> three
for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do print(k, v) end --> a\t1
--> b\t2
local order = {}
local function f(s, c) order[#order + 1] = tostring(s) .. tostring(c) if c < 3 then return c + 1 end end
for c in f, "s", 1 do c = 100 order[#order + 1] = "body" end
print(table.concat(order, " ")) --> s1 body s2 body s3
for a in (function() local done return function() if not done then done = true return "once" end end end)() do print(a) end --> once
local callable = setmetatable({}, {__call = function(self, s, c) c = (c or 0) + 1 if c <= 2 then return c, s end end})
for c, s in callable, "state" do print(c, s) end --> 1\tstate
--> 2\tstate
print(pcall(function() for a in nil do end end)) --> false\tgeneric_for.lua:41: attempt to call a nil value
print(pcall(function() for a in 5 do end end)) --> false\tgeneric_for.lua:42: attempt to call a number value
print(pcall(function() for a in {} do end end)) --> false\tgeneric_for.lua:43: attempt to call a table value
print(pcall(function() for a in "str" do end end)) --> false\tgeneric_for.lua:44: attempt to call a string value
print(pcall(function() for a in true do end end)) --> false\tgeneric_for.lua:45: attempt to call a boolean value
print(pcall(function() local t = {} for a in t do end end)) --> false\tgeneric_for.lua:46: attempt to call a table value
print(pcall(function() for a in pairs(nil) do end end)) --> false\tgeneric_for.lua:47: bad argument #1 to 'pairs' (table expected, got nil)
print(pcall(function() for a in ipairs(nil) do end end)) --> false\tgeneric_for.lua:48: bad argument #1 to 'ipairs' (table expected, got nil)
print(pcall(function() for a in pairs() do end end)) --> false\tgeneric_for.lua:49: bad argument #1 to 'pairs' (table expected, got no value)
print(pcall(function() for a in ipairs() do end end)) --> false\tgeneric_for.lua:50: bad argument #1 to 'ipairs' (table expected, got no value)
print(pcall(function() for a in pairs("x") do end end)) --> false\tgeneric_for.lua:51: bad argument #1 to 'pairs' (table expected, got string)
print(pcall(function() for a in ipairs(5) do end end)) --> false\tgeneric_for.lua:52: bad argument #1 to 'ipairs' (table expected, got number)
print(pcall(function() for a in function() error("inside") end do end end)) --> false\tgeneric_for.lua:53: inside
print(pcall(function() for a in function() error({}, 0) end do end end) == false) --> true
for i, v in ipairs({1, 2, 3, 4}) do if i == 3 then break end print(v) end --> 1
--> 2
local t = {}
for i = 1, 4 do t[i] = i end
for i, v in ipairs(t) do if v == 2 then t[5] = 5 end last_i = i end
print(last_i) --> 5
for k, v in pairs({1, 2, 3}) do if k == 2 then break end print(k, v) end --> 1\t1
t = {a = 1, b = 2, c = 3, d = 4}
for k in pairs(t) do t[k] = nil end
print(next(t)) --> nil
t = {a = 1, b = 2, c = 3}
local n = 0
for k, v in pairs(t) do t[k] = v + 1 n = n + v end
print(n, t.a, t.b, t.c) --> 6\t2\t3\t4
local nested = {{1, 2}, {3}, {}}
for i, row in ipairs(nested) do for j, v in ipairs(row) do print(i, j, v) end end --> 1\t1\t1
--> 1\t2\t2
--> 2\t1\t3
local fns = {}
for i, v in ipairs({"x", "y"}) do fns[i] = function() v = v .. i return v end end
print(fns[1](), fns[1](), fns[2]()) --> x1\tx11\ty2
local function find(list, x) for i, v in ipairs(list) do if v == x then return i end end return nil, "none" end
print(find({"a", "b"}, "b"), find({}, 1)) --> 2\tnil\tnone
local v = "outer"
for v in range(1) do end
print(v) --> outer
for a, b, c, d in pairs({7}) do print(a, b, c, d) end --> 1\t7\tnil\tnil
local keys = {}
for k in pairs({z = 1, y = 2, x = 3, 5, 6}) do keys[#keys + 1] = tostring(k) end
table.sort(keys)
print(table.concat(keys, " ")) --> 1 2 x y z
for _, w in ipairs({"last"}) do print(w) end --> last

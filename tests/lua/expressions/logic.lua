-- and, or, not: values, short circuits, truth.
print(nil and 1) --> nil
print(false and 1) --> false
print(0 and 1) --> 1
print("" and 1) --> 1
print(nil or 1) --> 1
print(false or nil) --> nil
print(nil or false) --> false
print(false or false) --> false
print(1 or error("not run")) --> 1
print(nil and error("not run")) --> nil
print(1 and 2 and 3) --> 3
print(1 and nil and 3) --> nil
print(nil or false or 3) --> 3
print(1 and 2 or 3) --> 2
print(nil and 2 or 3) --> 3
print(1 and nil or 3) --> 3
print(1 and false or nil) --> nil
print(not nil) --> true
print(not 0) --> false
print(not "") --> false
print(not {}) --> false
print(not not false) --> false
print(not print) --> false
print(nil == nil, false == false, nil == false) --> true\ttrue\tfalse
print(1 < 2 and 2 < 3) --> true
print(1 < 2 or error("x")) --> true
print(1 == 1 and "yes" or "no") --> yes
print(1 ~= 1 and "yes" or "no") --> no
print(false == (1 > 2)) --> true
print(1 or 2 and 3) --> 1
print((1 or 2) and 3) --> 3
print(false and false or true) --> true
print(false and (false or true)) --> false
print(not 1 == nil) --> false
print(not (1 == nil)) --> true
local trace = {}
local function note(name, value) trace[#trace + 1] = name return value end
print(note("a", false) and note("b", true) or note("c", 7)) --> 7
print(table.concat(trace, " ")) --> a c
trace = {}
print(note("a", 1) and note("b", nil) or note("c", nil) or note("d", "end")) --> end
print(table.concat(trace, " ")) --> a b c d
trace = {}
if note("a", nil) or (note("b", 1) and not note("c", false)) then print("then") else print("else") end --> then
print(table.concat(trace, " ")) --> a b c
local function two() return 1, 2 end
print((two())) --> 1
print(two() and two()) --> 1
print(two() or 5) --> 1
print(nil or two()) --> 1
print(true and two()) --> 1
print({} == {}, two == two, "a" .. "b" == "ab") --> false\ttrue\ttrue
local t = {}
local u = t
print(t == u, t ~= u, rawequal(t, u), t == {}) --> true\tfalse\ttrue\tfalse
local x = nil
x = x or {}
print(type(x)) --> table
local y = false
y = y == nil and true or y
print(y) --> false
local function default(a, b) return a == nil and b or a end
print(default(nil, 3), default(1, 3), default(false, 3)) --> 3\t1\tfalse
print(1 == 1.0, "1" == 1, 1 ~= "1") --> true\tfalse\ttrue
print(1 < 2 == true, (1 < 2) == not false) --> true\ttrue
print("x" and nil == nil) --> true
print(#"ab" == 2 and #{} == 0 and -1 < 0) --> true
local a, b, c = 1, nil, false
print(a and b, a and c, b and a, c and a, a or b, b or a, c or b, b or c, b and c, c and b) --> nil\tfalse\tnil\tfalse\t1\t1\tnil\tfalse\tnil\tfalse
print(not a, not b, not c, not not a) --> false\ttrue\ttrue\ttrue
while a and not b do b = 5 print("once", a and b) end --> once\t5
repeat local done = b or c until done
print(b == 5 and c == false) --> true

-- ... in every position, select, unpack, and the arg habit.
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(1, nil, 3, nil)) --> 0\t1\t2\t4
local function pack2(...) return {n = select("#", ...), ...} end
local p = pack2(1, nil, 3, nil)
print(p.n, p[1], p[2], p[3], p[4]) --> 4\t1\tnil\t3\tnil
local function first(...) return (...) end
print(first(1, 2), first(), count(first())) --> 1\tnil\t1
local function both(...) return ..., ... end
print(both(1, 2, 3)) --> 1\t1\t2\t3
local function mid(...) return 0, ..., 9 end
print(mid(1, 2)) --> 0\t1\t9
local function tail(...) return 0, ... end
print(tail(1, 2), tail()) --> 0\t0
local function loc(...) local a, b, c = ... return c, b, a end
print(loc(1, 2), loc(1, 2, 3, 4)) --> nil\t3\t2\t1
local function asg(...) local a, b a, b = ... return b, a end
print(asg(1), asg(1, 2, 3)) --> nil\t2\t1
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end
print(sum(), sum(1), sum(1, 2, 3, 4)) --> 0\t1\t10
local function named(a, b, ...) return select("#", ...), a, b, ... end
print(named()) --> 0\tnil\tnil
print(named(1)) --> 0\t1\tnil
print(named(1, 2)) --> 0\t1\t2
print(named(1, 2, 3)) --> 1\t1\t2\t3
print(named(nil, nil, nil)) --> 1\tnil\tnil\tnil
local function tbl(...) return #{...}, #{..., 1}, #{1, ...}, #{(...)} end
print(tbl(1, 2, 3)) --> 3\t2\t4\t1
local function cat(...) return table.concat({...}, "-") end
print(cat("a", "b", 3)) --> a-b-3
local function op(...) return ... + 1, ... .. "x", -... end
print(op(5, 6)) --> 6\t5x\t-5
local function cond(...) if ... then return "some" else return "none" end end
print(cond(), cond(false), cond(1), cond(nil, 1)) --> none\tnone\tsome\tnone
local function eq(...) return ... == 1, not ... end
print(eq(1, 2)) --> true\tfalse
local function nested(...) return (function(...) return ..., "in" end)(...) end
print(nested(1, 2)) --> 1\tin
local function inner_no(...) local f = function() return "no varargs inside" end return f(...) end
print(inner_no(1)) --> no varargs inside
local function pass(...) return count(...), count(..., 1), count(1, ...) end
print(pass(nil, nil)) --> 2\t2\t3
print(select(1, "a", "b", "c")) --> a\tb\tc
print(select(2, "a", "b", "c")) --> b\tc
print(select(3, "a", "b", "c")) --> c
print(count(select(4, "a", "b", "c"))) --> 0
print(count(select(100, "a"))) --> 0
print(select(-1, "a", "b", "c")) --> c
print(select(-2, "a", "b", "c")) --> b\tc
print(select(-3, "a", "b", "c")) --> a\tb\tc
print(pcall(select, -4, "a", "b", "c")) --> false\tbad argument #1 to '?' (index out of range)
print(pcall(select, 0, "a")) --> false\tbad argument #1 to '?' (index out of range)
print(pcall(select)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(select, {})) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(select, "x")) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(select, nil)) --> false\tbad argument #1 to '?' (number expected, got nil)
print(pcall(select, -1)) --> false\tbad argument #1 to '?' (index out of range)
print(select("2", "a", "b")) --> b
print(select(1.9, "a", "b")) --> a\tb
print(select(2.5, "a", "b", "c")) --> b\tc
print(select("#")) --> 0
print(select('#', nil, nil, nil)) --> 3
print(unpack({1, 2, 3})) --> 1\t2\t3
print(unpack({1, 2, 3}, 2)) --> 2\t3
print(unpack({1, 2, 3}, 2, 3)) --> 2\t3
print(unpack({1, 2, 3}, 2, 2)) --> 2
print(count(unpack({1, 2, 3}, 3, 2))) --> 0
print(unpack({1, 2}, 1, 4)) --> 1\t2\tnil\tnil
print(unpack({}, 1, 3)) --> nil\tnil\tnil
print(count(unpack({}))) --> 0
print(unpack({1, 2, 3}, -1, 1)) --> nil\tnil\t1
print(unpack({[0] = "zero", "one"}, 0)) --> zero\tone
print(unpack({n = 3}, 1, 2)) --> nil\tnil
print(unpack({1, nil, 3}, 1, 3)) --> 1\tnil\t3
print(unpack({"a", "b"}, "1", "2")) --> a\tb
print(unpack({1, 2, 3}, 1.5, 2.5)) --> 1\t2
print(unpack({1, 2, 3}, nil, nil)) --> 1\t2\t3
print(pcall(unpack)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(unpack, nil)) --> false\tbad argument #1 to '?' (table expected, got nil)
print(pcall(unpack, "x")) --> false\tbad argument #1 to '?' (table expected, got string)
print(pcall(unpack, {}, "x")) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(unpack, {}, 1, {})) --> false\tbad argument #3 to '?' (number expected, got table)
print(pcall(unpack, {}, 1, 1e7)) --> false\ttoo many results to unpack
print(pcall(unpack, {}, 1, 1e9)) --> false\ttoo many results to unpack
print((unpack({1, 2, 3}))) --> 1
print(unpack({1, 2}), unpack({3, 4})) --> 1\t3\t4
print(math.max(unpack({4, 9, 2})), string.char(unpack({72, 105}))) --> 9\tHi
print(#{unpack({1, 2, 3}), unpack({1, 2, 3})}) --> 4
local function va_closure(...) local n = select("#", ...) local t = {...} return function() return n, unpack(t, 1, n) end end
print(va_closure(1, nil, 3)()) --> 3\t1\tnil\t3
local function forward(f, ...) return pcall(f, ...) end
print(forward(function(a, b) return b, a end, 1, 2)) --> true\t2\t1
local function rotate(n, a, ...) if n == 0 then return a, ... end return rotate(n - 1, ..., a) end
print(rotate(1, 1, 2)) --> 2\t1
local function rev(a, ...) if select("#", ...) == 0 then return a end local t = {rev(...)} t[#t + 1] = a return unpack(t) end
print(rev(1, 2, 3, 4)) --> 4\t3\t2\t1
local function loop(...) for i, v in ipairs({...}) do print(i, v) end end
loop("x", "y") --> 1\tx
--> 2\ty
loop()
local function strs(...) local s = "" for i = 1, select("#", ...) do s = s .. tostring((select(i, ...))) .. ";" end return s end
print(strs(nil, true, 1, "a", false)) --> nil;true;1;a;false;
print(count(unpack({}, 1, 200))) --> 200
print((select("#", unpack({}, 1, 5)))) --> 5
print(pcall(pcall)) --> false\tbad argument #1 to '?' (value expected)
print(pcall(pcall, print, "nested")) --> nested
--> true\ttrue
print(string.format("%s-%s", ("a"):byte(1, 1), "b")) --> 97-b
print(("abc"):byte(1, -1)) --> 97\t98\t99
print({...} ~= nil, select("#", ...)) --> true\t0
local t = {f = function(self, ...) return self.v, select("#", ...) end, v = "v"}
print(t:f(), t:f(nil), t.f(t, 1, 2)) --> v\tv\tv\t2
local mt = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(mt(), mt(nil), mt(1, 2)) --> 0\t1\t2\t1\t2

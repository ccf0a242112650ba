-- Classes above classes, proxies, callable tables, objects made in one expression: the ways that have a path of their own.
local A = {rate = 3} A.__index = A
function A:get() return self.v end
function A:add(n) self.v = self.v + n return self end
local B = setmetatable({}, {__index = A}) B.__index = B
local C = setmetatable({}, {__index = B}) C.__index = C
local D = setmetatable({}, {__index = C}) D.__index = D
local function new(class, v) return setmetatable({v = v}, class) end
for _, class in ipairs({A, B, C, D}) do
  local o = new(class, 1)
  print(o:add(2):get(), o.rate, o.absent, rawget(o, "rate")) --> 3\t3\tnil\tnil
--> 3\t3\tnil\tnil
--> 3\t3\tnil\tnil
--> 3\t3\tnil\tnil



end
local d = new(D, 5)
B.get = function(self) return "b" .. self.v end
print(d:get(), new(A, 1):get()) --> b5\t1
B.get = nil
print(d:get()) --> 5
d.get = function() return "own" end
print(d:get()) --> own
print(pcall(function() return d:absent() end)) --> false\tclasses.lua:26: attempt to call method 'absent' (a nil value)
print(pcall(function() local x = new(D) return x.v.w end)) --> false\tclasses.lua:27: attempt to index field 'v' (a nil value)

-- a function somewhere above
local asked = {}
local base = setmetatable({}, {__index = function(t, k) asked[#asked + 1] = tostring(k) return k, "second" end})
local E = {} E.__index = E setmetatable(E, {__index = base})
local e = setmetatable({}, E)
print(e.x, e[1], (e.y), table.concat(asked, ",")) --> x\t1\ty\tx,1,y
print(pcall(function() return e:name() end)) --> false\tclasses.lua:35: attempt to call method 'name' (a string value)
local none = setmetatable({}, {__index = function() end})
print(none.x, none[1], pcall(function() return none.x + 1 end)) --> nil\tnil\tfalse\tclasses.lua:37: attempt to perform arithmetic on field 'x' (a nil value)
local s = 0
for i = 1, 3 do s = s + e[i] end
print(s) --> 6

-- chains that end badly
local ring = {} setmetatable(ring, {__index = ring}) ring = setmetatable({}, getmetatable(ring))
local one, two = {}, {}
setmetatable(one, {__index = two}) setmetatable(two, {__index = one})
print(pcall(function() return one.x end)) --> false\tclasses.lua:46: loop in gettable
print(pcall(function() return one:x() end)) --> false\tclasses.lua:47: loop in gettable
local text = setmetatable({}, {__index = setmetatable({}, {__index = "text"})})
print(text.len("abc"), text.absent) --> 3\tnil
local number = setmetatable({}, {__index = setmetatable({}, {__index = 7})})
print(pcall(function() return number.x end)) --> false\tclasses.lua:51: attempt to index a number value
print(pcall(function() return number:x() end)) --> false\tclasses.lua:52: attempt to index a number value

-- __newindex
local seen = {}
local t = setmetatable({own = 1}, {__newindex = function(t, k, v) seen[#seen + 1] = tostring(k) .. "=" .. tostring(v) end})
t.own = 2 t.x = 3 t[1] = 4 t.y = nil
E = pcall(function() t[0/0] = 1 end)
print(E, rawget(t, "own"), rawget(t, "x"), table.concat(seen, " ")) --> false\t2\tnil\tx=3 1=4 y=nil
print(pcall(function() t[nil] = 1 end)) --> false\tclasses.lua:60: table index is nil
t.own = nil t.own = 5
print(rawget(t, "own"), seen[#seen]) --> nil\town=5

-- __call
local f = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(f()) print(f(nil)) print(f(1)) print(f(1, 2)) print(f(1, 2, 3)) --> 0
--> 1\tnil
--> 1\t1
--> 2\t1\t2
--> 3\t1\t2\t3
print(pcall(f, 1), pcall(f), pcall(f, 1, 2, 3)) --> true\ttrue\ttrue\t3\t1\t2\t3
print(pcall(setmetatable({}, {__call = 5}))) --> false\tattempt to call a table value

-- operators
local mt = {}
for _, event in ipairs({"add", "sub", "mul", "div", "mod", "pow", "concat"}) do
  mt["__" .. event] = function(a, b) return event .. type(a):sub(1, 1) .. type(b):sub(1, 1), "second" end
end
local m = setmetatable({}, mt)
print(m + 1, 1 - m, m * "2", "3" / m, m % m, 2 ^ m, m .. "x", "x" .. m, m .. m, 1 .. m) --> addtn\tsubnt\tmults\tdivst\tmodtt\tpownt\tconcatts\tconcatst\tconcattt\tconcatnt
print(pcall(function() return m + {} end), pcall(function() return -m end)) --> true\tfalse\tclasses.lua:81: attempt to perform arithmetic on upvalue 'm' (a table value)
print(pcall(function() return setmetatable({}, {}) .. "x" end)) --> false\tclasses.lua:82: attempt to concatenate a table value
print(pcall(function() return setmetatable({}, {__concat = 1}) .. "x" end)) --> false\tclasses.lua:83: attempt to call a number value

-- constructors
local function fields(x, y, z, w)
  local one, two, three, four = {a = x}, {a = x, b = y}, {x, y, z}, {a = x, b = y, c = z, d = w}
  return one.a, two.a, two.b, three[1], three[2], three[3], four.a, four.b, four.c, four.d, next(one)
end
print(fields(1, 2, 3, 4)) print(fields()) print(fields(nil, 2, nil, 4)) print(fields(false, false, nil, false)) --> 1\t1\t2\t1\t2\t3\t1\t2\t3\t4\ta\t1
--> nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil
--> nil\tnil\t2\tnil\t2\tnil\tnil\t2\tnil\t4\tnil
--> false\tfalse\tfalse\tfalse\tfalse\tnil\tfalse\tfalse\tnil\tfalse\ta\tfalse
local function twice(x) return {a = 1, a = x}, {a = x, a = 2} end
print(twice(nil).a, select(2, twice(nil)).a, twice(3).a) --> nil\t2\t3

-- setmetatable
local function object(t, meta) local o = setmetatable(t, meta) return o == t and getmetatable(o) == meta end
print(object({}, mt), object(m, A), object({}, m), object({}, nil), object(setmetatable({}, mt), nil)) --> true\ttrue\ttrue\ttrue\ttrue
print(pcall(object, nil, mt)) print(pcall(object, {}, 5)) print(pcall(object, setmetatable({}, {__metatable = 1}), mt)) --> false\tclasses.lua:98: bad argument #1 to 'setmetatable' (table expected, got nil)
--> false\tclasses.lua:98: bad argument #2 to 'setmetatable' (nil or table expected)
--> false\tclasses.lua:98: cannot change a protected metatable
print(pcall(function() setmetatable({}, "x") end)) --> false\tclasses.lua:103: bad argument #2 to 'setmetatable' (nil or table expected)

-- calls in calls
local function results(n) if n == 0 then return elseif n == 1 then return "one" elseif n == 2 then return nil, 2 end return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 end
local function count(...) return select("#", ...) end
for n = 0, 3 do print(n, results(n)) print(count(results(n)), count(n, results(n)), math.max(0, 1, results(3))) end --> 0
--> 0\t1\t10
--> 1\tone
--> 1\t2\t10
--> 2\tnil\t2
--> 2\t3\t10
--> 3\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10
--> 10\t11\t10

-- pcall and next
print(pcall(pcall)) print(pcall(function() return pcall() end)) print(pcall(nil)) print(pcall(error)) print(pcall(error, nil)) print(pcall(f)) --> false\tbad argument #1 to '?' (value expected)
--> false\tclasses.lua:118: bad argument #1 to 'pcall' (value expected)
--> false\tattempt to call a nil value
--> false\tnil
--> false\tnil
--> true\t0

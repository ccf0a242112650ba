-- Arithmetic, concatenation and unary events: which operand's handler, with which arguments.
local function show(x) return type(x) == "table" and x.name or tostring(x) end
local mt = {}
local function obj(name) return setmetatable({name = name}, mt) end
for _, event in ipairs {"add", "sub", "mul", "div", "mod", "pow", "concat"} do
  mt["__" .. event] = function(a, b) return event .. "(" .. show(a) .. "," .. show(b) .. ")" end
end
mt.__unm = function(a, b) return "unm(" .. show(a) .. "," .. show(b) .. ")" end
local a, b = obj("a"), obj("b")
print(a + b) --> add(a,b)
print(a + 1) --> add(a,1)
print(1 + a) --> add(1,a)
print("x" + a) --> add(x,a)
print(a + "10") --> add(a,10)
print(a + nil) --> add(a,nil)
print(nil + a) --> add(nil,a)
print(true + a) --> add(true,a)
print(a - b) --> sub(a,b)
print(a - 1) --> sub(a,1)
print(1 - a) --> sub(1,a)
print(a * b) --> mul(a,b)
print(a * 2) --> mul(a,2)
print(2 * a) --> mul(2,a)
print(a / b) --> div(a,b)
print(a / 2) --> div(a,2)
print(2 / a) --> div(2,a)
print(a % b) --> mod(a,b)
print(a % 2) --> mod(a,2)
print(2 % a) --> mod(2,a)
print(a ^ b) --> pow(a,b)
print(a ^ 2) --> pow(a,2)
print(2 ^ a) --> pow(2,a)
print(-a) --> unm(a,a)
print(a .. b) --> concat(a,b)
print(a .. "s") --> concat(a,s)
print("s" .. a) --> concat(s,a)
print(1 .. a) --> concat(1,a)
print(a .. 1) --> concat(a,1)
print(a .. nil) --> concat(a,nil)
print(nil .. a) --> concat(nil,a)
print("x" .. "y" .. a) --> xconcat(y,a)
print(a .. "x" .. "y") --> concat(a,xy)
print("1" .. a .. "2") --> 1concat(a,2)
print(a .. b .. "c") --> concat(a,concat(b,c))
local other = setmetatable({name = "o"}, {__add = function() return "other's" end, __concat = function() return "other's concat" end})
print(a + other) --> add(a,o)
print(other + a) --> other's
print(a .. other) --> concat(a,o)
print(other .. a) --> other's concat
local plain = {name = "plain"}
print(a + plain) --> add(a,plain)
print(plain + a) --> add(plain,a)
print(plain .. a) --> concat(plain,a)
print(pcall(function() return plain + 1 end)) --> false\toperators.lua:54: attempt to perform arithmetic on upvalue 'plain' (a table value)
print(pcall(function() return plain .. "x" end)) --> false\toperators.lua:55: attempt to concatenate upvalue 'plain' (a table value)
print(pcall(function() return -plain end)) --> false\toperators.lua:56: attempt to perform arithmetic on upvalue 'plain' (a table value)
print(pcall(function() return plain + plain end)) --> false\toperators.lua:57: attempt to perform arithmetic on upvalue 'plain' (a table value)
local empty = setmetatable({}, {})
print(pcall(function() return empty + 1 end)) --> false\toperators.lua:59: attempt to perform arithmetic on upvalue 'empty' (a table value)
print(pcall(function() return 1 .. empty end)) --> false\toperators.lua:60: attempt to concatenate upvalue 'empty' (a table value)
print(pcall(function() return -empty end)) --> false\toperators.lua:61: attempt to perform arithmetic on upvalue 'empty' (a table value)
print(pcall(function() return setmetatable({}, {__add = 5}) + 1 end)) --> false\toperators.lua:62: attempt to call a number value
print(pcall(function() return setmetatable({}, {__add = {}}) + 1 end)) --> false\toperators.lua:63: attempt to call a table value
local callable = setmetatable({}, {__call = function(self, x, y) return "called with " .. show(y) end})
print(setmetatable({}, {__add = callable}) + 7) --> called with 7
local multi = setmetatable({}, {__add = function() return 1, 2, 3 end, __sub = function() end, __concat = function() return "one", "two" end})
print(multi + 1) --> 1
print(multi - 1) --> nil
print(multi .. 1) --> one
print((select("#", multi + 1))) --> 1
local V = {}
V.__index = V
local function vec(x, y) return setmetatable({x = x, y = y}, V) end
V.__add = function(p, q) return vec(p.x + q.x, p.y + q.y) end
V.__sub = function(p, q) return vec(p.x - q.x, p.y - q.y) end
V.__mul = function(p, q) if type(p) == "number" then return vec(p * q.x, p * q.y) elseif type(q) == "number" then return vec(p.x * q, p.y * q) end return p.x * q.x + p.y * q.y end
V.__unm = function(p) return vec(-p.x, -p.y) end
V.__eq = function(p, q) return p.x == q.x and p.y == q.y end
V.__tostring = function(p) return "(" .. p.x .. ", " .. p.y .. ")" end
V.__concat = function(p, q) return tostring(p) .. tostring(q) end
V.__lt = function(p, q) return p.x < q.x end
V.__le = function(p, q) return p.x <= q.x end
V.__call = function(p, k) return p[k] end
V.__len = function() return 2 end
print(tostring(vec(1, 2) + vec(3, 4))) --> (4, 6)
print(tostring(vec(1, 2) - vec(3, 4))) --> (-2, -2)
print(vec(1, 2) * vec(3, 4)) --> 11
print(tostring(2 * vec(1, 2)), tostring(vec(1, 2) * 2)) --> (2, 4)\t(2, 4)
print(tostring(-vec(1, 2))) --> (-1, -2)
print(vec(1, 2) == vec(1, 2), vec(1, 2) == vec(2, 1), vec(1, 2) ~= vec(1, 2)) --> true\tfalse\tfalse
print("v=" .. vec(1, 2) .. "!") --> v=(1, 2)!
print(vec(1, 2) < vec(2, 0), vec(1, 2) > vec(2, 0), vec(1, 2) <= vec(1, 0), vec(1, 2) >= vec(2, 0)) --> true\tfalse\ttrue\tfalse
print(vec(5, 6)("y")) --> 6
print(#vec(1, 2)) --> 0
local Complex = {}
Complex.__index = Complex
Complex.__mul = function(p, q) return setmetatable({re = p.re * q.re - p.im * q.im, im = p.re * q.im + p.im * q.re}, Complex) end
Complex.__tostring = function(c) return c.re .. "+" .. c.im .. "i" end
local i = setmetatable({re = 0, im = 1}, Complex)
print(tostring(i * i), tostring(i * i * i)) --> -1+0i\t-0+-1i
local count = 0
local lazy = setmetatable({}, {__add = function(x, y) count = count + 1 return count end})
print(lazy + lazy, lazy + 1, 1 + lazy, count) --> 1\t2\t3\t3
print(pcall(function() return lazy - 1 end)) --> false\toperators.lua:104: attempt to perform arithmetic on upvalue 'lazy' (a table value)
local err = setmetatable({}, {__add = function() error("from handler") end, __unm = function() error("level two", 2) end})
print(pcall(function() return err + 1 end)) --> false\toperators.lua:105: from handler
print(pcall(function() return -err end)) --> false\toperators.lua:107: level two

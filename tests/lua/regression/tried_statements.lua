-- Statements that are tried without guards first: what does not fit is done again from the operands, and nothing twice.
local calls = 0
local counted = setmetatable({}, { __index = function(_, k) calls = calls + 1 return k * 2 end })
local function sum(t, i, j) local s = t[i] + t[j] * 2 return s end
print(sum({ 1, 2 }, 1, 2), sum({ "1", "0x10" }, 1, 2)) --> 5\t33
print(sum(counted, 3, 4), calls) --> 22\t2
print(pcall(sum, { 1 }, 1, 2)) --> false\ttried_statements.lua:4: attempt to perform arithmetic on field '?' (a nil value)
local vector = { __add = function(a, b) return a.x + b.x end, __lt = function(a, b) return a.x < b.x end }
local function v(x) return setmetatable({ x = x }, vector) end
local function plus(a, b) local s = a + b return s end
print(plus(v(1), v(2)), plus(1, 2), plus("1", 2), pcall(plus, "a", "b")) --> 3\t3\t3\tfalse\ttried_statements.lua:10: attempt to perform arithmetic on local 'a' (a string value)
local function least(a, b, c) local m = math.min(a, b, c) return m end
print(least(3, 1, 2), least("3", "1", "2"), least(1, 0 / 0, 2)) --> 1\t1\t1
local function chars(s, n) local out = {} for i = 1, n do out[#out + 1] = s:sub(i, i) end return table.concat(out, "|"), #out end
print(chars("abc", 5)) --> a|b|c||\t5
local function codes(s, i) local c = string.byte(s, i) return c end
print(codes("abc", 2), codes("abc", 4), codes("abc", -1), codes("abc", "1"), codes(12, 1)) --> 98\tnil\t99\t97\t49
local function exchange(t, i, j) t[i], t[j] = t[j], t[i] return t[i], t[j] end
print(exchange({ 1, 2 }, 1, 2)) --> 2\t1
print(exchange({ 1, 2 }, 1, 3)) --> nil\t1
print(exchange({ 1, 2, x = 3 }, "x", 2)) --> 2\t3
print(pcall(exchange, nil, 1, 2)) --> false\ttried_statements.lua:18: attempt to index local 't' (a nil value)
local log = {}
local guarded = setmetatable({}, { __newindex = function(t, k, value) log[#log + 1] = k rawset(t, k, value) end })
for i = 1, 3 do guarded[i] = i end
for i = 1, 3 do guarded[i] = i * 2 end
print(#log, guarded[3]) --> 3\t6
local function push(t, x) table.insert(t, x) t[#t + 1] = x return #t end
print(push({}, 1), push({ 1, 2 }, 3), pcall(push, 5, 1)) --> 2\t4\tfalse\ttried_statements.lua:28: bad argument #1 to 'insert' (table expected, got number)
local function two() return 1, "x" end
local inserted = { 7 }
table.insert(inserted, two())
print(inserted[1], inserted[2]) --> x\t7
local function text(x) local s = tostring(x) .. type(x) local n = tonumber(x) return s, n end
print(text(1.5)) --> 1.5number\t1.5
print(text("12")) --> 12string\t12
print(text("x")) --> xstring\tnil
local function root(x) local r = math.sqrt(x) + math.abs(x) + math.floor(x) return r end
print(root(4), root("4"), root(-4) ~= root(-4)) --> 10\t10\ttrue
total = 1
function add_to_total(n) total = total + n return total end
print(add_to_total(2), add_to_total("3"), total) --> 3\t6\t6

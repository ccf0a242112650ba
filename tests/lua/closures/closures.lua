-- Upvalues: shared, fresh per iteration, kept after their block.
local function counter() local n = 0 return function() n = n + 1 return n end end
local c1, c2 = counter(), counter()
print(c1(), c1(), c1(), c2()) --> 1\t2\t3\t1
local function pair() local v = 0 return function() return v end, function(x) v = x end end
local get, set = pair()
set(5) print(get()) --> 5
set("text") print(get()) --> text
local fns = {}
for i = 1, 3 do fns[i] = function() return i end end
print(fns[1](), fns[2](), fns[3]()) --> 1\t2\t3
for i = 1, 3 do fns[i] = function() i = i + 1 return i end end
print(fns[1](), fns[1](), fns[2](), fns[3](), fns[1]()) --> 2\t3\t3\t4\t4
fns = {}
for i = 1, 3 do local j = i * 10 fns[i] = {get = function() return j end, add = function(n) j = j + n end} end
fns[2].add(5)
print(fns[1].get(), fns[2].get(), fns[3].get()) --> 10\t25\t30
fns = {}
local k = 0
while k < 3 do k = k + 1 local x = k fns[k] = function() x = x + 1 return x end end
print(fns[1](), fns[1](), fns[2](), fns[3]()) --> 2\t3\t3\t4
fns = {}
k = 0
repeat k = k + 1 local y = k * 2 fns[k] = function() return y end until y >= 6
print(fns[1](), fns[2](), fns[3]()) --> 2\t4\t6
fns = {}
for key, value in ipairs({"a", "b", "c"}) do fns[key] = function() return key .. value end end
print(fns[1](), fns[2](), fns[3]()) --> 1a\t2b\t3c
fns = {}
local shared = 0
for i = 1, 3 do fns[i] = function() shared = shared + i return shared end end
print(fns[1](), fns[2](), fns[3](), shared) --> 1\t3\t6\t6
local function outer() local a = 1 local function mid() local b = 2 local function inner() a, b = a + 1, b + 1 return a, b end return inner end return mid(), function() return a end end
local inner, seen = outer()
print(inner()) --> 2\t3
print(inner()) --> 3\t4
print(seen()) --> 3
local function params(a, b) return function() a = a + b return a end end
local p = params(1, 10)
print(p(), p(), p()) --> 11\t21\t31
local function va(...) local args = {...} return function(i) return args[i] end end
print(va("x", "y")(2)) --> y
local x = 1
local function read() return x end
x = 2
print(read()) --> 2
do local x = 3 print(read(), x) end --> 2\t3
local f
do local hidden = "kept" f = function() return hidden end end
print(f()) --> kept
local rec
rec = function(n) if n == 0 then return "end" end return rec(n - 1) end
print(rec(5)) --> end
local function self_ref() return self_ref end
print(self_ref() == self_ref) --> true
local late = function() return later end
later = "global found at call"
print(late()) --> global found at call
local before = function() return undefined_then end
local undefined_then = "local comes too late"
print(before()) --> nil
local function make() local list = {} for i = 1, 3 do list[#list + 1] = function() return #list, i end end return list end
print(make()[2]()) --> 3\t2
local a = {}
for i = 1, 2 do for j = 1, 2 do a[#a + 1] = function() return i * 10 + j end end end
print(a[1](), a[2](), a[3](), a[4]()) --> 11\t12\t21\t22
local function acc() local total, n = 0, 0 return {add = function(v) total = total + v n = n + 1 end, mean = function() return total / n end} end
local m = acc()
m.add(10) m.add(20)
print(m.mean()) --> 15
local function once(fn) local done, value return function(...) if not done then done, value = true, fn(...) end return value end end
local o = once(function(v) print("computing") return v * 2 end)
print(o(4), o(100)) --> computing
--> 8\t8
local function memo(fn) local cache = {} return function(n) local v = cache[n] if v == nil then v = fn(n) cache[n] = v end return v end end
local fibm fibm = memo(function(n) if n < 2 then return n end return fibm(n - 1) + fibm(n - 2) end)
print(fibm(60)) --> 1548008755920
local function gen(n) return function() if n > 0 then n = n - 1 return n + 1 end end end
local got = {}
for v in gen(4) do got[#got + 1] = v end
print(table.concat(got, ",")) --> 4,3,2,1
local s = 0
for i = 1, 3 do (function() s = s + i end)() end
print(s) --> 6
local function sharer() local v = 0 local function inc() v = v + 1 end local function get() return v end inc() inc() return get, inc end
local g, inc = sharer()
print(g()) inc() --> 2
print(g()) --> 3
local up1, up2, up3 = 1, 2, 3
local function deep() return function() return function() up1 = up1 + up2 + up3 return up1 end end end
print(deep()()(), deep()()(), up1) --> 6\t11\t11
local function loopbreak() local f for i = 1, 10 do if i == 4 then f = function() return i end break end end return f() end
print(loopbreak()) --> 4
local function loopreturn() for i = 1, 10 do local v = i * i if v > 20 then return function() v = v + 1 return v, i end end end end
local lr = loopreturn()
print(lr()) --> 26\t5
print(lr()) --> 27\t5
local t = setmetatable({}, {__index = function(_, key) return function() return key end end})
print(t.abc(), t[5]()) --> abc\t5
local function nested_loop_capture()
  local out = {}
  for i = 1, 3 do
    local acc = ""
    for j = 1, i do
      local piece = i .. j
      acc = acc .. piece .. " "
      out[#out + 1] = function() acc = acc .. "|" return acc .. piece end
    end
  end
  return out
end
local ns = nested_loop_capture()
print(#ns, ns[1](), ns[2](), ns[3](), ns[6]()) --> 6\t11 |11\t21 22 |21\t21 22 ||22\t31 32 33 |33
print(ns[2](), ns[3]()) --> 21 22 |||21\t21 22 ||||22
local cond = {}
for i = 1, 4 do
  local v
  if i % 2 == 0 then v = i end
  cond[i] = function() v = (v or 0) + 100 return v end
end
print(cond[1](), cond[2](), cond[1](), cond[2](), cond[3]()) --> 100\t102\t200\t202\t100
local function upvalue_of_parameter(n) local fs = {} for i = 1, n do fs[i] = function(d) n = n + d return n end end return fs end
local us = upvalue_of_parameter(2)
print(us[1](5), us[2](5), us[1](-2)) --> 7\t12\t10

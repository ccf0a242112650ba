-- allow-load
-- Chunks in coroutines: they yield, and so do their functions, whenever they were made.
local co = coroutine.wrap(loadstring("local a = ... for i = 1, 2 do a = coroutine.yield(a, i) end return 'end', a"))
print(co("x")) --> x\t1
print(co("y")) --> y\t2
print(co("z")) --> end\tz
local made = loadstring("return function(n) for i = 1, n do coroutine.yield(i) end end")()
for i in coroutine.wrap(function() made(3) end) do print(i) end --> 1
--> 2
--> 3
local g = coroutine.wrap(function()
  local f = loadstring("coroutine.yield('inside') return 'returned'")
  local r = f()
  coroutine.yield(r)
  loadstring("function walk(t) if t then walk(t[1]) coroutine.yield(t.v) walk(t[2]) end end")()
  walk { v = "root", { v = "left" }, { v = "right" } }
end)
print(g(), g(), g(), g(), g()) --> inside\treturned\tleft\troot\tright
print(coroutine.resume(coroutine.create(loadstring("error('in a coroutine')", "=c")))) --> false\tc:1: in a coroutine
print(coroutine.resume(coroutine.create(loadstring("local x; x()", "=c")))) --> false\tc:1: attempt to call local 'x' (a nil value)
print(coroutine.status(coroutine.create(loadstring("")))) --> suspended
-- a yield across load's own call is refused
local t = coroutine.create(function() return load(function() coroutine.yield("x") end) end)
print(coroutine.resume(t)) --> true\tnil\tattempt to yield across metamethod/C-call boundary
print(coroutine.status(t)) --> dead
-- 50 chunks take turns
local list = {}
for i = 1, 50 do list[i] = coroutine.wrap(loadstring("for k = 1, 3 do coroutine.yield(" .. i .. " * k) end")) end
local sum = 0
for round = 1, 3 do for i = 1, 50 do sum = sum + list[i]() end end
print(sum) --> 7650
-- upvalues that change while it waits
local w = coroutine.wrap(loadstring("local n = 0 local function add() n = n + 1 coroutine.yield(n) end for i = 1, 3 do add() end return 'n', n"))
print(w(), w(), w(), w()) --> 1\t2\t3\tn\t3

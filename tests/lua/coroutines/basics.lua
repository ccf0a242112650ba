-- create, resume, yield, status, running and wrap, as lua5.1 has them.
local function hidden(value) return (tostring(value):gsub("0x%x+", "ADDRESS")) end
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b)
  print("got", c)
  local d, e = coroutine.yield(c * 2, "x", nil)
  print("got", d, e)
  return "done", 7, nil
end)
print(type(co), hidden(co), coroutine.status(co)) --> thread\tthread: ADDRESS\tsuspended
--> start\t1\t2
print(coroutine.resume(co, 1, 2)) --> true\t3
print(coroutine.status(co)) --> suspended
--> got\t10
print(coroutine.resume(co, 10)) --> true\t20\tx\tnil
--> got\td\te
print(coroutine.resume(co, "d", "e")) --> true\tdone\t7\tnil
print(coroutine.status(co)) --> dead
print(coroutine.resume(co)) --> false\tcannot resume dead coroutine
print(coroutine.resume(co, 1)) --> false\tcannot resume dead coroutine
print(select("#", coroutine.resume(coroutine.create(function() end)))) --> 1
print(select("#", coroutine.resume(coroutine.create(function() coroutine.yield() end)))) --> 1
print(select("#", coroutine.resume(coroutine.create(function() coroutine.yield(nil, nil) end)))) --> 3
print(coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), nil, 2, nil)) --> true\t3\tnil\t2\tnil

-- generators
local function upto(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end) end
for i, square in upto(3) do print(i, square) end --> 1\t1
--> 2\t4
--> 3\t9
local function walk(node) if node then walk(node.left) coroutine.yield(node.key) walk(node.right) end end
local tree = {key = 4, left = {key = 2, left = {key = 1}, right = {key = 3}}, right = {key = 5}}
for key in coroutine.wrap(function() walk(tree) end) do print(key) end --> 1
--> 2
--> 3
--> 4
--> 5
local function permutations(a)
  local function permute(n)
    if n <= 1 then coroutine.yield(table.concat(a, " ")) return end
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permute(n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
  return coroutine.wrap(function() permute(#a) end)
end
for p in permutations {1, 2, 3} do print(p) end --> 2 3 1
--> 3 2 1
--> 3 1 2
--> 1 3 2
--> 2 1 3
--> 1 2 3

-- producer, filter, consumer
local function producer() return coroutine.create(function() for _, line in ipairs {"one", "two", "three"} do coroutine.yield(line) end end) end
local function filter(source)
  return coroutine.create(function()
    local number = 1
    while true do
      local _, line = coroutine.resume(source)
      if not line then return end
      coroutine.yield(("%d %s"):format(number, line))
      number = number + 1
    end
  end)
end
local source = filter(producer())
while true do
  local _, line = coroutine.resume(source)
  if not line then break end
  print(line) --> 1 one
--> 2 two
--> 3 three
end

-- who is running
print(coroutine.running()) --> nil
print(coroutine.wrap(function() local me = coroutine.running() return type(me), coroutine.status(me) end)()) --> thread\trunning
--> normal\tfalse\tcannot resume normal coroutine
--> true
--> suspended\ttrue\tfalse
--> false\tcannot resume running coroutine
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() print(coroutine.status(outer), coroutine.resume(outer)) coroutine.yield() end)
  print(coroutine.resume(inner))
  print(coroutine.status(inner), coroutine.running() == outer, coroutine.running() == inner)
  print(coroutine.resume(coroutine.running()))
end)
print(coroutine.resume(outer)) --> true
print(coroutine.status(outer)) --> dead
--> in\t0

-- values that go in and out
local echo = coroutine.wrap(function(...) while true do print("in", select("#", ...), ...) coroutine.yield(...) end end)
print(echo()) print(echo(1, nil)) print(echo("x")) -->
--> in\t0
-->
--> in\t0
-->
local sum = coroutine.wrap(function() local total = 0 while true do total = total + coroutine.yield(total) end end)
print(sum(), sum(1), sum(2), sum(3)) --> 0\t1\t3\t6
local many = coroutine.wrap(function() return unpack({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}) end)
print(many()) --> 1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12
print((coroutine.wrap(function() return 1, 2, 3 end)())) --> 1
local t = {coroutine.wrap(function() return 1, 2, 3 end)()} print(#t) --> 3
local answer = {coroutine.resume(coroutine.create(function() return coroutine.yield(1) or 2 end))} print(#answer, answer[2]) --> 2\t1

-- a value like any other
local keyed = {[co] = "by thread"} print(keyed[co], co == co, co == coroutine.create(print and function() end)) --> by thread\ttrue\tfalse
print(not co, co and 1, type(coroutine.yield), type(coroutine.wrap(function() end))) --> false\t1\tfunction\tfunction
print(pcall(function() return co.x end)) --> false\tbasics.lua:115: attempt to index upvalue 'co' (a thread value)
print(pcall(function() co.x = 1 end)) --> false\tbasics.lua:116: attempt to index upvalue 'co' (a thread value)
print(pcall(function() return co + 1 end)) --> false\tbasics.lua:117: attempt to perform arithmetic on upvalue 'co' (a thread value)
print(pcall(function() return co < co end)) --> false\tbasics.lua:118: attempt to compare two thread values
print(pcall(function() return co .. "" end)) --> false\tbasics.lua:119: attempt to concatenate upvalue 'co' (a thread value)
print(pcall(function() return #co end)) --> false\tbasics.lua:120: attempt to get length of upvalue 'co' (a thread value)
print(pcall(function() return co() end)) --> false\tbasics.lua:121: attempt to call upvalue 'co' (a thread value)
print(getmetatable(co), rawequal(co, co)) --> nil\ttrue

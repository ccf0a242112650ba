-- reference: luajit
-- pcall and xpcall may be yielded across, as in LuaJIT; PUC 5.1 refuses.
local function guarded(f)
  return coroutine.wrap(function()
    local ok, why = pcall(f)
    coroutine.yield(ok, why)
    return "closed"
  end)
end
local w = guarded(function() local t; t.x = coroutine.yield("wait") end)
print(w()) print(w(1)) print(w()) --> wait
--> false\tpcall.lua:10: attempt to index local 't' (a nil value)
--> closed
local w = guarded(function() coroutine.yield("wait") return "fine" end)
print(w()) print(w()) print(w()) --> wait
--> true\tfine
--> closed
local w = guarded(function() error("at once", 0) end)
print(w()) print(w()) --> false\tat once
--> closed
local w = guarded(function() local f = coroutine.yield(1) f() end)
print(w()) print(w(nil)) print(w()) --> 1
--> false\tpcall.lua:21: attempt to call local 'f' (a nil value)
--> closed

-- an error passes what waits above it
local w = coroutine.wrap(function()
  local function third() coroutine.yield(3) error("deep", 0) end
  local function second() third() return "never" end
  local function first() local ok, e = pcall(second) return ok, e end
  return first()
end)
print(w()) print(w()) --> 3
--> false\tdeep
-- in a loop, in nested functions, with closures over what changes
local w = coroutine.wrap(function()
  local made = {}
  for i = 1, 3 do
    local ok, value = pcall(function() local got = coroutine.yield(i) return function() i = i + got return i end end)
    made[i] = value
  end
  return made[1](), made[2](), made[3](), made[1]()
end)
print(w(), w(10), w(20)) print(w(30)) --> 1\t2\t3
--> 11\t22\t33\t21
print(coroutine.wrap(function() return pcall(pcall, coroutine.yield, 1) end)()) --> 1
print(coroutine.wrap(function() return pcall(error) end)()) --> false\tnil
print(coroutine.wrap(function() return pcall() end) ~= nil) --> true
--> in\ta\tb
--> protected\t1\t2
-- several lines each
local co = coroutine.create(function(...)
  print("in", ...)
  local results = {pcall(function(...)
    print("protected", ...)
    local got = coroutine.yield("first")
    print("got", got)
    error("after " .. tostring(got))
  end, 1, 2)}
  print("caught", unpack(results))
  print(pcall(coroutine.yield, "second", 2))
  print(xpcall(function() return coroutine.yield("third"), "more" end, function(e) return "handled " .. e end))
  print(xpcall(function() coroutine.yield("fourth") error("late") end, function(e) return "handled " .. e end))
  print(pcall(function() return pcall(function() coroutine.yield("fifth") error("plain", 0) end) end))
  return "end"
end)
print(coroutine.resume(co, "a", "b")) --> true\tfirst
--> got\tx
--> caught\tfalse\tpcall.lua:58: after x
print(coroutine.resume(co, "x")) --> true\tsecond\t2
--> true\ty\tz
print(coroutine.resume(co, "y", "z")) --> true\tthird
--> true\tw\tmore
print(coroutine.resume(co, "w")) --> true\tfourth
--> false\thandled pcall.lua:63: late
print(coroutine.resume(co)) --> true\tfifth
--> true\tfalse\tplain
print(select("#", coroutine.resume(co)), coroutine.status(co)) --> 2\tdead
print(coroutine.resume(co)) --> false\tcannot resume dead coroutine

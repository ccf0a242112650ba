-- A coroutine's stack begins with its body, also with one that calls nothing that may yield.
local function where(level) return function() error("here", level) end end
for level = 1, 3 do
  print(coroutine.resume(coroutine.create(where(level)))) --> false\tlevels_of_plain_bodies.lua:2: here
end
--> false\there
--> false\there
print((coroutine.wrap(function() return debug.traceback("t", 2) end)():gsub("\n", "|"))) --> t|stack traceback:
print(coroutine.wrap(function() return debug.getinfo(2) end)()) --> nil
local function outer() return coroutine.wrap(function() local _ = debug.getinfo(1) return debug.getinfo(2) == nil end)() end
print(outer()) --> true

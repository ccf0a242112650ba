-- Coroutines where this engine has its own rules: names, depth, what is in its budgets. docs/compatibility.md.
local co = coroutine.create(function() end)
print(tostring(co), tostring({}), tostring(co)) --> thread: 0x00000001\ttable: 0x00000002\tthread: 0x00000001
-- a resume counts as a library call: nested ones end where the depth does
local function nest(n)
  local ok, result, why = coroutine.resume(coroutine.create(function() return nest(n + 1) end))
  if ok then return result, why end
  return n, result
end
print(nest(0)) --> 388\tC stack overflow
local function wrapped(n) return coroutine.wrap(function() return wrapped(n + 1) end)() end
print((select(2, pcall(wrapped, 0)):gsub(".*: ", ""))) --> C stack overflow
-- calls inside one have the depth that is left, and it is the same stack whoever resumes it
local function recurse(n) local ok = n == 0 or recurse(n - 1) return true end
print(coroutine.resume(coroutine.create(recurse), 6900)) --> true\ttrue
print(coroutine.resume(coroutine.create(recurse), 7000)) --> false\tcoroutines.lua:14: stack overflow
local function waiting(n) if n == 0 then coroutine.yield("bottom") else waiting(n - 1) end return n end
local deep = coroutine.create(waiting)
print(coroutine.resume(deep, 6000)) --> true\tbottom
local function from(n) if n == 0 then return coroutine.resume(deep) end return (function(...) return ... end)(from(n - 1)) end
print(from(500)) --> true\t6000
print(coroutine.status(deep)) --> dead
local again = coroutine.create(function() coroutine.yield() return recurse(6990) end)
print(coroutine.resume(again)) --> true
print(pcall(function() return (function() return coroutine.resume(again) end)() end)) --> true\tfalse\tcoroutines.lua:14: stack overflow
-- an error leaves a deep coroutine for the pcall that is nearest
local function failing(n) if n == 0 then coroutine.yield() error("bottom", 0) end failing(n - 1) end
local caught = coroutine.wrap(function() return pcall(failing, 5000) end)
caught() print(caught()) --> false\tbottom
-- one run's coroutines number ten thousand
local all = {}
for i = 1, 10000 do
  all[i] = coroutine.create(function() coroutine.yield() end)
  coroutine.resume(all[i])
end
print(coroutine.status(all[10000])) --> suspended
-- a function that yields nowhere is called as it is, a table by what its metatable says
local double = setmetatable({}, {__call = function(self, x) return x * 2 end})
print(coroutine.wrap(function() return double(4), ("x"):rep(3), math.max(1, 2) end)()) --> 8\txxx\t2
-- found by other ways than its name
local library = _G["corou" .. "tine"]
print(library.wrap(function() library["yield"](1) end)(), require("coroutine") == library) --> 1\ttrue

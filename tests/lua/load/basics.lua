-- allow-load
-- loadstring: a chunk is a vararg function that sees the globals and nobody's locals.
print(loadstring("return 1 + 1")()) --> 2
print(loadstring("")()) -->
print(select("#", loadstring("return ...")())) --> 0
print(loadstring("return ...")(1, nil, "x")) --> 1\tnil\tx
print(select("#", loadstring("return ...")(1, nil, nil))) --> 3
print(loadstring("local a, b = ... return b, a")(1, 2)) --> 2\t1
local hidden = "local"
print(loadstring("return hidden")()) --> nil
hidden = nil
shared = 1
loadstring("shared = shared + 1")()
print(shared) --> 2
loadstring("function made(x) return x * 2, shared end")()
print(made(21)) --> 42\t2
loadstring("made = nil")()
print(made) --> nil
print(pcall(loadstring("return made()"))) --> false\t[string "return made()"]:1: attempt to call global 'made' (a nil value)
local f = loadstring("counter = (counter or 0) + 1 return counter")
print(f(), f(), f(), counter) --> 1\t2\t3\t3
print(loadstring("return 1") == loadstring("return 1")) --> false
-- what a chunk keeps is its own
local g = loadstring("local n = 0 return function() n = n + 1 return n end")
local one, two = g(), g()
print(one(), one(), two(), one()) --> 1\t2\t1\t3
-- numbers are text
print(loadstring(5)) --> nil\t[string "5"]:1: unexpected symbol near '5'
print(loadstring("return 0x10, 1e2, '\\65', [[\nx]]")()) --> 16\t100\tA\tx
-- the library is looked up when it is reached
local real = math.floor
math.floor = function() return "mine" end
print(loadstring("return math.floor(1.5)")()) --> mine
math.floor = real
local kept = string.upper
string.upper = function(s) return s .. "!" end
print(loadstring("local s = 'a' return s:upper(), ('b'):upper()")()) --> a!\tb!
string.upper = kept
local old = select
select = function() return "own select" end
print(loadstring("return (select(1))")()) --> own select
select = old
-- a chunk loads a chunk
print(loadstring("return loadstring('return ' .. ...)(3)")("... * 2")) --> 6
local depth = 0
function nest() depth = depth + 1 if depth < 20 then return loadstring("return nest() + 1")() end return 0 end
print(nest()) --> 19
-- goto's words are names in lua5.1, and every statement is there
print(loadstring([[
  local t = {}
  for i = 1, 3 do t[#t + 1] = i end
  for _, v in ipairs(t) do t[v] = v * v end
  local i = 0
  while true do i = i + 1 if i == 3 then break end end
  repeat local done = i > 0 until done
  local s = t[1] .. "," .. t[3]
  do return s, i, #t end
]])()) --> 1,9\t3\t3
print(pcall(loadstring, nil)) --> false\tbad argument #1 to '?' (string expected, got nil)
print(pcall(load, "x" == "y")) --> false\tbad argument #1 to '?' (function expected, got boolean)
-- recursion through a global, metatables, pcall within a chunk
print(loadstring("function fact(n) return n <= 1 and 1 or n * fact(n - 1) end return fact(10)")()) --> 3628800
print(loadstring("return pcall(error, {})")() == false) --> true
print(getmetatable(loadstring("return setmetatable({}, {__metatable = 'no'})")())) --> no
print(#loadstring("return {" .. ("1,"):rep(300) .. "}")()) --> 300
-- the same text again is another chunk; a text of its own name
for i = 1, 3 do print(loadstring("return " .. i .. ", x" .. i)()) end --> 1\tnil
--> 2\tnil
--> 3\tnil
print(loadstring("x1, x2, x3 = 'a', 'bc', 'bc' return x1 .. x2, x2 == x3, x2 == 'b' .. 'c', #x2")()) --> abc\ttrue\ttrue\t2
print(loadstring("local t = {key = 1, ['other key'] = 2, key2 = 3} return t.key, t['other key'], t.key2, t.nope")()) --> 1\t2\t3\tnil
print(loadstring("#!/bin/lua\nreturn 1")) --> nil\t[string "#!/bin/lua..."]:1: unexpected symbol near '#'
print(loadstring("\239\187\191return 1")) --> nil\t[string "\xEF\xBB\xBFreturn 1"]:1: unexpected symbol near '\xEF'

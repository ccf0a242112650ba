-- allow-load
-- load asks a function for pieces until it answers nil, nothing or an empty string.
local function from(...)
  local pieces, n = { ... }, 0
  return function() n = n + 1 return pieces[n] end
end
print(load(from("return ", "1", "+", "2"))()) --> 3
print(load(from("re", "turn 'a", "b'"))()) --> ab
print(load(from("return 1", "", "syntax error ="))()) --> 1
print(load(from("return ", 5, 6))()) --> 56
print(load(from())()) -->
print(load(function() end)()) -->
print(load(from("x ="), "=name")) --> nil\tname:1: unexpected symbol near '<eof>'
print(load(from("x ="))) --> nil\t(load):1: unexpected symbol near '<eof>'
print(load(from("x ="), "some text")) --> nil\t[string "some text"]:1: unexpected symbol near '<eof>'
print(pcall(load(from("error('x')")))) --> false\t(load):1: x
print(pcall(load(from("error('x')"), "@f.lua"))) --> false\tf.lua:1: x
-- errors of the function are answered
print(pcall(load, function() error("reader", 0) end)) --> true\tnil\treader
print(pcall(load, function() error() end)) --> true\tnil\tnil
local t = {}
print(select(3, pcall(load, function() error(t) end)) == t) --> true
print(pcall(load, function() return {} end)) --> true\tnil\treader function must return a string
print(pcall(load, function() return true end)) --> true\tnil\treader function must return a string
print(pcall(load, function() local x = nil; return x.y end, "=c")) --> true\tnil\tpieces.lua:25: attempt to index local 'x' (a nil value)
local asked = 0
load(function() asked = asked + 1 if asked < 4 then return " " end end)
print(asked) --> 4
-- many small pieces, a piece at a time of a larger text
local text, place = "local s = 0 for i = 1, 10 do s = s + i end return s", 0
print(load(function() place = place + 1 return text:sub(place, place) end)()) --> 55
local n = 0
print(load(function() n = n + 1 if n == 1 then return "return {" elseif n < 500 then return n .. "," elseif n == 500 then return "}" end end)()[498]) --> 499
print(load(coroutine.wrap(function() coroutine.yield("return ") coroutine.yield("'from a coroutine'") end))()) --> from a coroutine
-- a reader that loads, and one that calls pcall
print(load(from("return ", loadstring("return '1'")(), "2"))()) --> 12
print(load(function() return nil end, 5)()) -->

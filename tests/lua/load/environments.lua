-- reference: luajit
-- allow-load
-- load's fourth argument: a table in place of the globals, for the chunk and every function in it.
print(load("return x", "=x", "t", {x = 7})()) --> 7
local env = {}
print(load("x = 5 y = x * 2 function z() return x + y end return z()", "=x", "t", env)()) --> 15
print(env.x, env.y, type(env.z), x, y, z) --> 5\t10\tfunction\tnil\tnil\tnil
env.x = 100
print(env.z()) --> 110
print(pcall(load("print(1)", "=x", "t", {}))) --> false\tx:1: attempt to call global 'print' (a nil value)
print(pcall(load("return a.b", "=here", "t", {}))) --> false\there:1: attempt to index global 'a' (a nil value)
local seen = {}
local told = setmetatable({}, {
  __index = function(_, k) seen[#seen + 1] = k return _G[k] end,
  __newindex = function(t, k, v) seen[#seen + 1] = k .. "=" rawset(t, k, v) end,
})
print(load("q = type(print) q = q .. '!' return q", "=x", "t", told)()) --> function!
print(table.concat(seen, " "), rawget(told, "q"), q) --> type print q=\tfunction!\tnil
print(load("return _G, _G == nil", "=x", "t", {})()) --> nil\ttrue
-- one in another: load is a function like any, and gives what it loads the globals
env = {load = load, x = "inner", tostring = tostring}
print(load("return load('return x')(), load('return x', 'n', 't', {x = 1})(), x", "=x", "t", env)()) --> nil\t1\tinner
x = "outer"
print(load("return load('return x')()", "=x", "t", env)()) --> outer
-- pieces
local at = 0
local function pieces() at = at + 1 return ({"retu", "rn ", "k, ...", nil})[at] end
print(load(pieces, "=x", "t", {k = "v"})(2, 3)) --> v\t2\t3
-- functions and loops, fields, methods, calls, several assignments, closures
print(load([[
  local function f(n) if n == 0 then return k end return f(n - 1) end
  t = {}
  for i = 1, 3 do t[i] = function() i = i + k return i end end
  a, b, t.c = k, t[1](), t[2]() + t[1]()
  for n, v in pairs(t) do if n == "c" then c = v end end
  return f(3), a, b, c, s:upper(), #s, k .. s
]], "=x", "t", {k = 10, pairs = pairs, s = "str"})()) --> 10\t10\t11\t33\tSTR\t3\t10str
-- in a coroutine
local co = coroutine.wrap(load("for i = 1, 2 do y(k .. i) end k = 'z' return k", "=x", "t", {y = coroutine.yield, k = "k"}))
print(co(), co(), co()) --> k1\tk2\tz
-- a table with holes, many keys, numbers as keys
local big = {}
for i = 1, 50 do big["v" .. i] = i big[i * 1000] = i end
print(load("v51 = v1 + v50 return v51, v52", "=x", "t", big)(), big.v51) --> 51\t51
print(load("return x == nil", "=x", "t", {nil, nil, 3})()) --> true
-- constants of the library are read anew
print(pcall(load("return string.format('%d', 5)", "=x", "t", {string = {format = function() return "mine" end}}))) --> true\tmine
-- modes
print(load("return 1", "x", "b")) --> nil\tattempt to load chunk with wrong mode
print(load("return 1", "x", "bt")()) --> 1
print(load("return 1", "x", "q")) --> nil\tattempt to load chunk with wrong mode
print(load(nil or "return 1", "x", nil, nil)()) --> 1
at = 0
print(load(pieces, "x", "b")) --> nil\tattempt to load chunk with wrong mode
print(pcall(load, pieces, "x", {})) --> false\tbad argument #3 to '?' (string expected, got table)
at = 0
print(load(pieces, "x", "tb", {k = 1})()) --> 1

-- A local operand is read when the operation runs, not when its turn to be evaluated comes.
local n = 5
if n < (function() n = 0 return 3 end)() then print("less") else print("not less") end --> less
n = 5
print(n <= (function() n = 1 return 3 end)(), n) --> true\t1
n = 1
print(n > (function() n = 9 return 3 end)(), n) --> true\t9
n = 1
print(n == (function() n = 3 return 3 end)(), n) --> true\t3
n = 1
print(n ~= (function() n = 3 return 3 end)(), n) --> false\t3
n = 1
print(n + (function() n = 10 return 1 end)()) --> 11
n = 1
print(n .. (function() n = 10 return "x" end)() .. n) --> 1x10
local u = {}
n = 1
u[n] = (function() n = 10 return "v" end)()
print(u[1], u[10]) --> nil\tv
local t = {v = 1}
local old = t
t.v = (function() t = {v = 100} return 2 end)()
print(t.v, old.v) --> 2\t1
t = {v = 1}
print(t.v, (function() t = {v = 2} return 0 end)(), t.v) --> 1\t0\t2
n = 0
while n < (function() n = n + 1 return 4 end)() do end
print(n) --> 4
n = 1
print(n, (function() n = 2 return 0 end)(), n) --> 1\t0\t2
local i, list = 1, {10, 20, 30}
i, list[i] = 2, "first"
print(i, list[1], list[2]) --> 2\tfirst\t20
for k = 5, 6 do
  print(k + (function() k = 100 return 1 end)(), k == (function() k = 7 return 7 end)(), k) --> 101\ttrue\t7
--> 101\ttrue\t7
end
for k, v in ipairs({10}) do
  print(k + (function() k = 100 return 1 end)() + k, v * (function() v = 2 return 3 end)()) --> 201\t6
end
local function shadow(p) return p - (function() p = 1 return 1 end)() end
print(shadow(50)) --> 0

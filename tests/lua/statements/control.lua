-- if, while, repeat, break, do, return, local.
local function grade(n)
  if n >= 90 then return "A" elseif n >= 80 then return "B" elseif n >= 70 then return "C" else return "F" end
end
print(grade(95), grade(80), grade(75), grade(10)) --> A\tB\tC\tF
if nil then print("no") elseif false then print("no") end
if nil then elseif 0 then print("zero is true") end --> zero is true
if "" then print("empty string is true") else print("no") end --> empty string is true
if not nil then print("not nil") end --> not nil
local x = 5
if x > 3 then local x = "inner" print(x) end --> inner
print(x) --> 5
if x == 5 then x = 6 elseif x == 6 then print("not reached") end
print(x) --> 6
local i = 0
while i < 3 do i = i + 1 print("while", i) end --> while\t1
--> while\t2
--> while\t3
while true do i = i + 1 if i > 5 then break end end
print(i) --> 6
while nil do print("never") end
while i > 0 do i = i - 1 if i == 2 then break end local keep = i end
print(i) --> 2
repeat i = i + 1 until i >= 5
print(i) --> 5
repeat local done = true until done
repeat local n = i * 2 i = i + 1 until n > 12
print(i) --> 8
repeat print("once") until true --> once
local count = 0
repeat count = count + 1 if count == 3 then break end until false
print(count) --> 3
local j = 0
repeat local inner = j j = j + 1 local f = function() return inner end until f() == 3
print(j) --> 4
do local scoped = "in" print(scoped) end --> in
print(scoped) --> nil
do do do print("nested blocks") end end end --> nested blocks
do end
do local a, b, c = 1 print(a, b, c) end --> 1\tnil\tnil
do local a, b = 1, 2, 3 print(a, b) end --> 1\t2
do local a print(a) local a = a == nil and "was nil" print(a) end --> nil
--> was nil
local function ret0() return end
local function ret1() return nil end
local function ret3() return 1, 2, 3 end
print(select("#", ret0()), select("#", ret1()), select("#", ret3())) --> 0\t1\t3
local function no_return() local unused = 1 end
print(no_return()) -->
local function middle(n) do if n then return "early" end end return "late" end
print(middle(true), middle(false)) --> early\tlate
local function nested_return() while true do for k = 1, 3 do repeat if k == 2 then return k end until true end end end
print(nested_return()) --> 2
for outer = 1, 3 do
  local k = 0
  while true do
    k = k + 1
    if k > outer then break end
    repeat
      if k == 2 then break end
      print(outer, k) --> 1\t1
--> 2\t1
--> 3\t1
--> 3\t3
    until true
  end
end
local a, b, c = (function() return 1, 2 end)()
print(a, b, c) --> 1\t2\tnil
a, b, c = 0, (function() return 1, 2 end)()
print(a, b, c) --> 0\t1\t2
a, b = ((function() return 1, 2 end)())
print(a, b) --> 1\tnil
local t = {}
t.a, t.b, t.c = ret3()
print(t.a, t.b, t.c) --> 1\t2\t3
t[1], t[2] = ret3(), "second"
print(t[1], t[2]) --> 1\tsecond
a = {}
a.b = {}
a.b.c = {d = "deep"}
print(a.b.c.d, a["b"]["c"]["d"], (a).b["c"].d) --> deep\tdeep\tdeep
a.b.c.d = a.b.c.d .. "er"
print(a.b.c.d) --> deeper
g1, g2 = 10, 20
g1, g2 = g2, g1
print(g1, g2, g3) --> 20\t10\tnil
g3 = g3 or "set"
print(g3, _G.g3, _G["g1"]) --> set\tset\t20
_G.made = "by _G"
print(made) --> by _G
_G["odd name"] = 1
print(_G["odd name"]) --> 1
made = nil
print(made, rawget(_G, "made")) --> nil\tnil
local function swap(p, q) return q, p end
a, b = swap(1, 2)
print(a, b) --> 2\t1
local str = "chain"
str = str:upper():lower():rep(2)
print(str) --> chainchain

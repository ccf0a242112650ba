-- table.sort is PUC 5.1's quicksort, comparison for comparison.
local function sorted(t, f) table.sort(t, f) return table.concat(t, " ") end
print(sorted({})) -->
print(sorted({1})) --> 1
print(sorted({2, 1})) --> 1 2
print(sorted({3, 1, 2})) --> 1 2 3
print(sorted({5, 2, 8, 1, 9, 3, 7, 4, 6, 0})) --> 0 1 2 3 4 5 6 7 8 9
print(sorted({"b", "a", "C", "B", "aa", ""})) -->  B C a aa b
print(sorted({1, 2, 3, 4, 5})) --> 1 2 3 4 5
print(sorted({5, 4, 3, 2, 1})) --> 1 2 3 4 5
print(sorted({1, 1, 1, 1})) --> 1 1 1 1
print(sorted({2, 1, 2, 1, 2, 1})) --> 1 1 1 2 2 2
print(sorted({3, 1, 2}, function(a, b) return a > b end)) --> 3 2 1
print(sorted({"10", "9", "100", "1"}, function(a, b) return tonumber(a) < tonumber(b) end)) --> 1 9 10 100
print(sorted({0.5, -1, 1/0, -1/0, 0})) --> -inf -1 0 0.5 inf
print(sorted({1.5, 1, 2, 1.25})) --> 1 1.25 1.5 2
local function trace(t)
  local calls = {}
  table.sort(t, function(a, b) calls[#calls + 1] = a .. "<" .. b return a < b end)
  return table.concat(calls, " ") .. " => " .. table.concat(t, " ")
end
print(trace({})) -->  =>\x20
print(trace({1})) -->  => 1
print(trace({1, 2})) --> 2<1 => 1 2
print(trace({2, 1})) --> 1<2 => 1 2
print(trace({1, 2, 3})) --> 3<1 2<1 3<2 => 1 2 3
print(trace({3, 2, 1})) --> 1<3 2<1 3<2 => 1 2 3
print(trace({2, 3, 1})) --> 1<2 3<1 2<3 => 1 2 3
print(trace({2, 1, 3})) --> 3<2 1<2 => 1 2 3
print(trace({1, 1, 1})) --> 1<1 1<1 1<1 => 1 1 1
print(trace({4, 3, 2, 1})) --> 1<4 3<1 4<3 2<3 3<3 3<2 2<1 => 1 2 3 4
print(trace({1, 2, 3, 4, 5})) --> 5<1 3<1 5<3 2<3 4<3 3<4 3<2 5<4 2<1 => 1 2 3 4 5
print(trace({5, 1, 4, 2, 3})) --> 3<5 4<3 5<4 1<4 2<4 4<4 4<2 2<3 1<2 => 1 2 3 4 5
print(trace({2, 2, 1, 1, 2})) --> 2<2 1<2 2<2 2<1 2<2 2<1 2<2 1<1 => 1 1 2 2 2
print(trace({8, 3, 5, 1, 9, 2, 7})) --> 7<8 1<7 3<7 5<7 2<7 9<7 7<9 7<2 8<9 2<1 3<1 2<3 5<2 2<5 2<1 3<5 => 1 2 3 5 7 8 9
print(trace({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})) --> 10<1 5<1 10<5 2<5 3<5 4<5 9<5 5<8 5<7 5<6 5<9 5<4 4<1 2<1 4<2 3<2 2<3 2<1 4<3 10<6 8<6 10<8 7<8 9<8 8<9 8<7 10<9 7<6 => 1 2 3 4 5 6 7 8 9 10
print(trace({10, 9, 8, 7, 6, 5, 4, 3, 2, 1})) --> 1<10 6<1 10<6 9<6 6<3 8<6 6<4 7<6 6<5 2<6 7<6 6<2 10<8 9<8 10<9 7<9 9<9 9<7 7<8 2<1 4<1 2<4 3<2 2<5 2<3 2<1 4<5 3<4 => 1 2 3 4 5 6 7 8 9 10
print(trace({1, 3, 5, 7, 9, 2, 4, 6, 8})) --> 8<1 9<1 8<9 3<8 5<8 7<8 6<8 2<8 4<8 8<8 8<4 4<1 7<1 4<7 3<4 5<4 4<6 4<2 5<4 4<2 7<6 5<6 2<1 3<1 2<3 => 1 2 3 4 5 6 7 8 9
local function counted(n, make)
  local t, calls = {}, 0
  for i = 1, n do t[i] = make(i) end
  table.sort(t, function(a, b) calls = calls + 1 return a < b end)
  for i = 2, n do if t[i] < t[i - 1] then return "unsorted" end end
  return calls
end
print(counted(100, function(i) return i end)) --> 578
print(counted(100, function(i) return -i end)) --> 710
print(counted(100, function(i) return (i * 7919) % 101 end)) --> 607
print(counted(200, function(i) return (i * 31) % 17 end)) --> 1511
print(counted(50, function() return 1 end)) --> 249
print(counted(500, function(i) return (i * i * 7) % 1009 end)) --> 4345
local people = {{"ann", 30}, {"bob", 25}, {"cid", 30}, {"dee", 25}, {"eve", 35}, {"fay", 30}, {"gus", 25}}
table.sort(people, function(a, b) return a[2] < b[2] end)
local names = {}
for i, p in ipairs(people) do names[i] = p[1] end
print(table.concat(names, " ")) --> gus bob dee fay cid ann eve
table.sort(people, function(a, b) return a[2] > b[2] end)
for i, p in ipairs(people) do names[i] = p[1] end
print(table.concat(names, " ")) --> eve cid ann fay bob dee gus
table.sort(people, function(a, b) if a[2] ~= b[2] then return a[2] < b[2] end return a[1] > b[1] end)
for i, p in ipairs(people) do names[i] = p[1] end
print(table.concat(names, " ")) --> gus dee bob fay cid ann eve
local many = {}
for i = 1, 30 do many[i] = {k = i % 4, id = i} end
table.sort(many, function(a, b) return a.k < b.k end)
local ids = {}
for i, m in ipairs(many) do ids[i] = m.id end
print(table.concat(ids, " ")) --> 20 12 24 4 8 16 28 13 1 29 21 9 17 25 5 26 22 18 30 14 2 10 6 7 11 23 27 19 3 15
print(pcall(table.sort, {3, 1, 2}, function() return true end)) --> true
print(pcall(table.sort, {1, 2, 3, 4, 5}, function() return true end)) --> false\tinvalid order function for sorting
print(pcall(sorted, {5, 3, 1, 4, 2}, function() return false end)) --> true\t5 4 1 3 2
print(pcall(sorted, {1, 2, 3, 4}, function(a, b) return a <= b end)) --> true\t1 2 3 4
print(pcall(sorted, {1, 1, 1, 1, 1, 1}, function(a, b) return a <= b end)) --> false\tsort.lua:73: attempt to compare nil with number
print(pcall(table.sort, {2, 2, 2, 2, 2}, function(a, b) return a >= b end)) --> false\tsort.lua:74: attempt to compare number with nil
print(pcall(table.sort, {3, "a", 1})) --> false\tattempt to compare string with number
print(pcall(table.sort, {{}, {}})) --> false\tattempt to compare two table values
print(pcall(table.sort, {true, false})) --> false\tattempt to compare two boolean values
print(pcall(table.sort, {2, 1}, function() error("in comparator") end)) --> false\tsort.lua:78: in comparator
print(pcall(table.sort, {2, 1}, function() error({}) end) == false) --> true
print(pcall(table.sort, {1, 2}, "not a function")) --> false\tbad argument #2 to '?' (function expected, got string)
print(pcall(table.sort, "not a table")) --> false\tbad argument #1 to '?' (table expected, got string)
print(pcall(table.sort, {1, 2}, nil)) --> true
print(pcall(table.sort, {"x", 1}, function(a, b) return a < b end)) --> false\tsort.lua:83: attempt to compare number with string
print(sorted({3, 1, 2}, function(a, b) return a < b and 0 or nil end)) --> 1 2 3
print(sorted({3, 1, 2}, function(a, b) if a < b then return "yes" end end)) --> 1 2 3
local mt = {__lt = function(a, b) return a.v < b.v end}
local objs = {}
for i, v in ipairs({3, 1, 2}) do objs[i] = setmetatable({v = v}, mt) end
table.sort(objs)
print(objs[1].v, objs[2].v, objs[3].v) --> 1\t2\t3
print(select("#", table.sort({2, 1}))) --> 0
local t = {3, 2, 1, x = "kept"}
table.sort(t)
print(t[1], t[2], t[3], t.x) --> 1\t2\t3\tkept
local seen
table.sort({2, 1}, function(a, b, ...) seen = select("#", a, b, ...) return a < b end)
print(seen) --> 2
local grow = {3, 1, 2}
table.sort(grow, function(a, b) grow[#grow + 1] = 0 return a < b end)
print(grow[1], grow[2], grow[3]) --> 1\t2\t3
local w = {"banana", "apple", "Cherry", "date", "apple2", "_x", "1"}
print(sorted(w)) --> 1 Cherry _x apple apple2 banana date
print(sorted(w, function(a, b) return a:lower() < b:lower() end)) --> 1 _x apple apple2 banana Cherry date
print(sorted(w, function(a, b) return #a < #b or (#a == #b and a < b) end)) --> 1 _x date apple Cherry apple2 banana

-- The first element of a list is removed: by a number, by a text, from a list of one and of none, and while it is walked over.
local q = {1, 2, 3}
print(table.remove(q, "1"), #q, q[1], q[2], q[3]) --> 1\t2\t2\t3\tnil
print(table.remove(q, 1), #q, q[1], q[2]) --> 2\t1\t3\tnil
print(table.remove(q, 1), #q, q[1]) --> 3\t0\tnil
print(select("#", table.remove(q, 1)), #q, next(q)) --> 0\t0\tnil
print(pcall(table.remove, {1}, {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(table.remove, {}, {})) --> false\tbad argument #2 to '?' (number expected, got table)
q[#q + 1] = "a"
q[#q + 1] = "b"
print(table.remove(q, 1), q[1], #q, table.remove(q), #q) --> a\tb\t1\tb\t0

local walked = {}
for place = 1, 10 do walked[place] = place end
for _ in pairs(walked) do table.remove(walked, 1) end
for place, value in ipairs(walked) do print(place, value) end --> 1\t6
--> 2\t7
--> 3\t8
--> 4\t9
--> 5\t10

-- Methods one to four classes up, one that none has, and one that a class in between gets later.
local top = {one = function() return "top" end}
local class = top
local classes = {}
for level = 1, 4 do
  class = setmetatable({}, {__index = class})
  class.__index = class
  classes[level] = class
  local object = setmetatable({}, class)
  print(level, object:one(), pcall(function() return object:none() end)) --> 1\ttop\tfalse\tqueues.lua:31: attempt to call method 'none' (a nil value)
--> 2\ttop\tfalse\tqueues.lua:31: attempt to call method 'none' (a nil value)
--> 3\ttop\tfalse\tqueues.lua:31: attempt to call method 'none' (a nil value)
--> 4\ttop\tfalse\tqueues.lua:31: attempt to call method 'none' (a nil value)
end
local object = setmetatable({}, class)
classes[2].one = function() return "second" end
print(object:one()) --> second
classes[2].one = nil
print(object:one()) --> top

-- The numeric for: bounds, steps, evaluation, and what it refuses.
local function run(a, b, c)
  local out = {}
  if c == nil then for i = a, b do out[#out + 1] = i if #out > 9 then break end end
  else for i = a, b, c do out[#out + 1] = i if #out > 9 then break end end end
  return #out .. ":" .. table.concat(out, ",")
end
print(run(1, 5)) --> 5:1,2,3,4,5
print(run(5, 1)) --> 0:
print(run(1, 1)) --> 1:1
print(run(0, -1)) --> 0:
print(run(5, 1, -1)) --> 5:5,4,3,2,1
print(run(5, 1, -2)) --> 3:5,3,1
print(run(1, 10, 3)) --> 4:1,4,7,10
print(run(1, 10, 100)) --> 1:1
print(run(1, 2, 0.25)) --> 5:1,1.25,1.5,1.75,2
print(run(0, 1, 0.1)) --> 10:0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9
print(run(1, 0, -0.1)) --> 10:1,0.9,0.8,0.7,0.6,0.5,0.4,0.3,0.2,0.1
print(run(0.5, 3)) --> 3:0.5,1.5,2.5
print(run(1.5, 3.4, 0.5)) --> 4:1.5,2,2.5,3
print(run(-3, 3)) --> 7:-3,-2,-1,0,1,2,3
print(run(-3, 3, 2)) --> 4:-3,-1,1,3
print(run(3, -3, -2)) --> 4:3,1,-1,-3
print(run(1, 0, 1)) --> 0:
print(run(1, 0, 0.5)) --> 0:
print(run(0, 1, -1)) --> 0:
print(run(1, 1, -1)) --> 1:1
print(run(1, 1, 5)) --> 1:1
print(run(1, 1/0)) --> 10:1,2,3,4,5,6,7,8,9,10
print(run(1, -1/0)) --> 0:
print(run(1, -1/0, -1)) --> 10:1,0,-1,-2,-3,-4,-5,-6,-7,-8
print(run(1, 3, 1/0)) --> 0:
print(run(3, 1, -1/0)) --> 0:
print(run(-1/0, 1)) --> 10:-inf,-inf,-inf,-inf,-inf,-inf,-inf,-inf,-inf,-inf
print(run(1/0, 1, -1)) --> 10:inf,inf,inf,inf,inf,inf,inf,inf,inf,inf
print(run(0/0, 5)) --> 0:
print(run(1, 0/0)) --> 0:
print(run(1, 5, 0/0)) --> 0:
print(run(5, 1, 0/0)) --> 0:
print(run(1, 3, 0)) --> 0:
print(run(3, 1, 0)) --> 10:3,3,3,3,3,3,3,3,3,3
print(run(1, 1, 0)) --> 10:1,1,1,1,1,1,1,1,1,1
print(run(2^53, 2^53 + 4)) --> 10:9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15
print(run(2^53 - 2, 2^53)) --> 10:9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15,9.007199254741e+15
print(run(1e15, 1e15 + 2)) --> 3:1e+15,1e+15,1e+15
print(run("1", "3")) --> 3:1,2,3
print(run(1, "3")) --> 3:1,2,3
print(run("3", 1, "-1")) --> 3:3,2,1
print(run(" 2 ", "0x4")) --> 3:2,3,4
print(pcall(run, nil, 1)) --> false\tnumeric_for.lua:4: 'for' initial value must be a number
print(pcall(run, 1, nil)) --> false\tnumeric_for.lua:4: 'for' limit must be a number
print(pcall(run, {}, 1)) --> false\tnumeric_for.lua:4: 'for' initial value must be a number
print(pcall(run, 1, {})) --> false\tnumeric_for.lua:4: 'for' limit must be a number
print(pcall(run, 1, 2, {})) --> false\tnumeric_for.lua:5: 'for' step must be a number
print(pcall(run, 1, 2, false)) --> false\tnumeric_for.lua:5: 'for' step must be a number
print(pcall(run, "a", 2)) --> false\tnumeric_for.lua:4: 'for' initial value must be a number
print(pcall(run, 1, "b")) --> false\tnumeric_for.lua:4: 'for' limit must be a number
print(pcall(run, 1, 2, "c")) --> false\tnumeric_for.lua:5: 'for' step must be a number
print(pcall(run, "x", "y", "z")) --> false\tnumeric_for.lua:5: 'for' initial value must be a number
print(pcall(run, print, 1)) --> false\tnumeric_for.lua:4: 'for' initial value must be a number
local calls = {}
local function note(n) calls[#calls + 1] = n return n end
for i = note(1), note(4), note(2) do note("body") end
print(table.concat(calls, " ")) --> 1 4 2 body body
local limit = 3
for i = 1, limit do limit = 1 last_seen = i end
print(last_seen) --> 3
for i = 1, 3 do local j = i i = i * 10 print(i, j) end --> 10\t1
--> 20\t2
--> 30\t3
local i = "outer"
for i = 1, 1 do print(i) end --> 1
print(i) --> outer
for i = 1, 3 do
  for j = i, 3 do
    if j == 2 then break end
    print(i, j) --> 1\t1
--> 3\t3
  end
end
local n = 0
for a = 1, 3 do for b = 1, 3 do for c = 1, 3 do n = n + a * b * c end end end
print(n) --> 216
for i = 10, 1, -3 do print(i) end --> 10
--> 7
--> 4
--> 1
local t = {}
for i = 1, 5 do t[i] = i * i end
for i = #t, 1, -1 do print(i, t[i]) end --> 5\t25
--> 4\t16
--> 3\t9
--> 2\t4
--> 1\t1
for x = 1, 3 do local x = x + 0.5 print(x) end --> 1.5
--> 2.5
--> 3.5
for i = 3, 1 do print("never") end
local function early() for i = 1, 10 do if i * i > 30 then return i end end end
print(early()) --> 6
for i = 1, 2 do local s = "" for j = 1, 3 do s = s .. i .. j .. " " end print(s) end --> 11 12 13\x20
--> 21 22 23\x20
local sum = 0
for k = 1, 100 do if k % 2 == 0 then sum = sum + k end end
print(sum) --> 2550
for i = math.huge, math.huge do print(i) break end --> inf
for i = 1, 0 do else_ = 1 end
print(else_) --> nil

-- reference: luajit
-- goto: continue, nested, backwards, out of blocks, with closures.
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  print(i) --> 1
--> 3
--> 5
  ::continue::
end
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto next_i end
    print(i, j) --> 1\t1
--> 2\t1
--> 3\t1
  end
  ::next_i::
end
do
  local i = 1
  ::top::
  print("loop", i) --> loop\t1
--> loop\t2
--> loop\t3
  i = i + 1
  if i <= 3 then goto top end
end
do goto skip end
print("skipped")
::skip::
print("after skip") --> after skip
for i = 1, 3 do
  for j = 1, 3 do
    if i * j == 4 then print("found", i, j) goto done end --> found\t2\t2
  end
end
::done::
print("done") --> done
local k = 0
while true do
  k = k + 1
  if k < 3 then goto again end
  if k > 5 then goto out end
  print("k", k) --> k\t3
--> k\t4
--> k\t5
  ::again::
end
::out::
print("out", k) --> out\t6
local n = 0
repeat
  n = n + 1
  if n == 2 then goto cont end
  print("n", n) --> n\t1
--> n\t3
--> n\t4
  ::cont::
until n >= 4
do
  local fns = {}
  local i = 1
  ::again::
  local x = i * 10
  fns[i] = function() x = x + 1 return x end
  i = i + 1
  if i <= 3 then goto again end
  print(fns[1](), fns[1](), fns[2](), fns[3]()) --> 11\t12\t21\t31
end
local function find(t, v)
  for i = 1, #t do
    if t[i] == v then goto found end
  end
  do return "absent" end
  ::found::
  return "present"
end
print(find({1, 2, 3}, 2), find({1, 2, 3}, 9)) --> present\tabsent
do
  local state, out = "start", {}
  ::start:: out[#out + 1] = "s" if #out > 5 then goto finish end goto middle
  ::middle:: out[#out + 1] = "m" if #out % 3 == 0 then goto start end goto middle2
  ::middle2:: out[#out + 1] = "2" goto start
  ::finish::
  print(table.concat(out)) --> sm2sm2s
end
do
  ::a:: do ::a:: end
  print("same label in nested block") --> same label in nested block
end
do
  local c = 0
  ::l1:: c = c + 1
  if c < 3 then goto l1 end
  ::l2:: c = c + 10
  if c < 30 then goto l2 end
  print(c) --> 33
end
for i = 1, 2 do
  local v = i
  goto use
  ::use::
  print("used", v) --> used\t1
--> used\t2
end
do
  goto e
  ::e::
end
do
  goto last
  local unused
  ::last::
end
print("label at block end after local") --> label at block end after local
for w in ("a b skip c"):gmatch("%a+") do
  if w == "skip" then goto continue end
  print(w) --> a
--> b
--> c
  ::continue::
end
for k, v in pairs({1, 2, 3}) do
  if v == 2 then goto continue end
  print(k, v) --> 1\t1
--> 3\t3
  ::continue::
end
local function nested()
  for i = 1, 3 do
    for j = 1, 3 do
      for l = 1, 3 do
        if l == 2 then goto continue_j end
        if j == 3 then goto continue_i end
        if i == 3 then goto stop end
        print(i, j, l)
      end
      ::continue_j::
    end
    ::continue_i::
  end
  ::stop::
  return "nested done"
end
print(nested()) --> 1\t1\t1
--> 1\t2\t1
--> 2\t1\t1
--> 2\t2\t1
--> nested done
local function closures_in_goto_loop()
  local out = {}
  for i = 1, 4 do
    local y = i
    if i == 2 then goto continue end
    out[#out + 1] = function() y = y + 1 return y end
    ::continue::
  end
  return out
end
local cs = closures_in_goto_loop()
print(#cs, cs[1](), cs[2](), cs[3](), cs[1]()) --> 3\t2\t4\t5\t3
do
  local i = 0
  ::loop::
  i = i + 1
  if i > 100 then goto finished end
  if i % 25 ~= 0 then goto loop end
  print(i) --> 25
--> 50
--> 75
--> 100
  goto loop
  ::finished::
end
local function retry(f, max)
  local tries = 0
  ::retry::
  tries = tries + 1
  local ok, err = pcall(f, tries)
  if not ok then
    if tries < max then goto retry end
    return nil, err
  end
  return tries
end
print(retry(function(n) if n < 3 then error("try " .. n, 0) end end, 5)) --> 3
print(retry(function(n) error("always " .. n, 0) end, 2)) --> nil\talways 2
local function early(x)
  if x then goto yes end
  goto no
  ::yes:: do return "yes" end
  ::no:: return "no"
end
print(early(true), early(false)) --> yes\tno
do
  local function f(a)
    do
      local b = a
      if b > 2 then goto big end
      print("small", b)
      goto finish
    end
    ::big::
    print("big", a)
    ::finish::
  end
  f(1) f(5) --> small\t1
--> big\t5
end
while true do
  do
    do goto brk end
  end
end
::brk::
print("broke out of nested blocks") --> broke out of nested blocks
for i = 1, 3 do
  local j = 0
  ::inner::
  j = j + 1
  if j < i then goto inner end
  if i == 2 then goto cont end
  print("i,j", i, j) --> i,j\t1\t1
--> i,j\t3\t3
  ::cont::
end
local t = {}
for i = 1, 10 do
  if i % 3 == 0 then goto continue end
  if i > 8 then break end
  t[#t + 1] = i
  ::continue::
end
print(table.concat(t, " ")) --> 1 2 4 5 7 8
local goto_count = 0
::outer_top::
for i = 1, 3 do
  goto_count = goto_count + 1
  if goto_count < 5 and i == 2 then goto outer_top end
end
print(goto_count) --> 7
do
  local i = 1
  ::body::
  if i <= 3 then
    local inner = function() return i end
    print(inner()) --> 1
--> 2
--> 3
    i = i + 1
    goto body
  end
end
repeat
  local done = true
  if done then goto cont2 end
  print("no")
  ::cont2::
until true
print("end") --> end

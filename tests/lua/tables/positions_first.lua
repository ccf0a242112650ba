-- Positions 1 to n come first in a traversal, however the table was filled; here with at most one other key.
local function keys(t)
  local by_pairs, by_next, by_calls, by_foreach = {}, {}, {}, {}
  for k in pairs(t) do by_pairs[#by_pairs + 1] = tostring(k) end
  for k in next, t do by_next[#by_next + 1] = tostring(k) end
  local k = next(t)
  while k ~= nil do
    by_calls[#by_calls + 1] = tostring(k)
    k = next(t, k)
  end
  table.foreach(t, function(key) by_foreach[#by_foreach + 1] = tostring(key) end)
  local text = table.concat(by_pairs, " ")
  assert(table.concat(by_next, " ") == text and table.concat(by_calls, " ") == text)
  assert(table.concat(by_foreach, " ") == text)
  return text
end
print(keys({x = 1, "a", "b", "c"})) --> 1 2 3 x
print(keys({"a", x = 1, "b"})) --> 1 2 x
local t = {n = 0}
for i = 1, 5 do t[#t + 1] = i end
print(keys(t)) --> 1 2 3 4 5 n
t = {}
for i = 8, 1, -1 do t[i] = i end
print(keys(t)) --> 1 2 3 4 5 6 7 8
t = {1, 2, 3}
t.n = 3
t[4], t[5] = 4, 5
print(keys(t)) --> 1 2 3 4 5 n
t[5] = nil
print(keys(t)) --> 1 2 3 4 n
t = {1, 2}
t[2 ^ 40] = 1
t[3], t[4] = 3, 4
print(keys(t) == "1 2 3 4 " .. 2 ^ 40) --> true
t = {}
for i = 1, 100 do t[i] = i end
t[0.5] = 0
for i = 101, 200 do t[i] = i end
local last, sum = 0, 0
for k, v in pairs(t) do
  if v > 0 then assert(k == last + 1) last = k end
  sum = sum + v
end
print(last, sum) --> 200\t20100
-- Fields may be cleared and set on the way.
t = {x = 0}
for i = 1, 6 do t[i] = i end
local seen = {}
for k, v in pairs(t) do
  seen[#seen + 1] = tostring(k) .. "=" .. v
  t[k] = nil
end
print(table.concat(seen, " "), next(t)) --> 1=1 2=2 3=3 4=4 5=5 6=6 x=0\tnil
t = {x = 0}
for i = 1, 6 do t[i] = i end
seen = {}
for k, v in next, t do
  seen[#seen + 1] = tostring(k) .. "=" .. v
  if k == 2 then t[3] = nil; t[4] = "four" end
end
print(table.concat(seen, " ")) --> 1=1 2=2 4=four 5=5 6=6 x=0

-- EXPECT: ok|budget -- positions that came last are moved to the front at each of many traversals that end at once
local t = {last = 0}
for i = 30000, 1, -1 do t[i] = i end
local n = 0
for i = 1, 100000 do
  for k in pairs(t) do n = n + k break end
  next(t, (next(t)))
  t.more, t.last = i, nil
  t.last, t.more = i, nil
end
return n

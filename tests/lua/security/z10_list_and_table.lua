-- EXPECT: ok|budget -- a list that becomes a table and a list again, at each turn
local t, n = {}, 0
for i = 1, 1000000 do
  t[1] = i t[2] = i t.x = i
  t.x = nil t[2] = nil t[1] = nil
  t[1] = i t[1] = nil
  n = n + #t
end
return n

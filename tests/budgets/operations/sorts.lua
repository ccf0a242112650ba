-- Sorting in order, in reverse, of equals, and by a function.
local t, n = {}, 200
for i = 1, 1e9 do
  for j = 1, n do t[j] = j * i % 7 end
  table.sort(t) table.sort(t, function(a, b) return a > b end)
end

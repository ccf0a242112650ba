-- EXPECT: ok =false -- a comparator that raises in the middle, many times
local ok
for i = 1, 50 do
  local n, t = 0, {}
  for j = 1, 50 do t[j] = (j * 7919) % 101 end
  ok = pcall(table.sort, t, function(a, b) n = n + 1 if n > 100 then error(n) end return a < b end)
end
return ok

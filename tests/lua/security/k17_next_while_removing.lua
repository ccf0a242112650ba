-- EXPECT: ok =20000 -- a walk goes on though the table is made anew under it
local t, n = {}, 0
for i = 1, 20000 do t[i] = i end
local k = next(t)
while k do
  n, t[k] = n + 1, nil
  if n % 1000 == 0 then table.maxn(t) end
  k = next(t, k)
end
return n

-- EXPECT: ok =100,5050 -- ipairs goes on when its table changes its form
local t = {}
for i = 1, 100 do t[i] = i end
local n, sum = 0, 0
for i, v in ipairs(t) do n = n + 1 sum = sum + v t[i * 100000] = true end
return n .. "," .. sum

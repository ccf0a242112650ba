-- EXPECT: ok =300/300/45150/45150/302/2.5 -- a table with scattered keys is a table like any other
local t = {}
for i = 1, 300 do t[i * 1000] = i end
local n, sum, again = 0, 0, 0
for k, v in pairs(t) do n = n + 1 sum = sum + v end
for k, v in next, t do again = again + v end
local count = 0
for k in pairs(t) do if t[k] == k / 1000 then count = count + 1 end end
t[0.5], t[-0.5] = 2.5, 1
local c = 0
for k in pairs(t) do c = c + 1 end
return n .. "/" .. count .. "/" .. sum .. "/" .. again .. "/" .. c .. "/" .. t[0.5]

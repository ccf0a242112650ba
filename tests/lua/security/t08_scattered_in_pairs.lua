-- EXPECT: ok =400,400,200 -- clearing fields on the way makes the table change its form
local t = {}
for i = 1, 400 do t[i] = i end
local n, all, m = 0, 0, 0
for k in pairs(t) do n = n + 1 t[k] = nil end
for i = 1, 400 do t[i] = i end
for k, v in pairs(t) do all = all + 1 if v % 2 == 0 then t[k] = nil end end
for k in pairs(t) do m = m + 1 end
return n .. "," .. all .. "," .. m

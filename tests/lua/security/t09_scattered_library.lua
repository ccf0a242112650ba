-- EXPECT: ok =1 2 3 4 5,5,7000000,3,1 -- the library on scattered tables
local t = {}
for i = 1, 40 do t[i * 100000] = i end
t[1], t[2], t[3], t[4], t[5] = 5, 4, 3, 2, 1
table.sort(t)
local text = table.concat(t, " ")
local size = #t
t[7000000] = 1
local m = table.maxn(t)
table.remove(t, 1) table.insert(t, 1, 3)
return text .. "," .. size .. "," .. m .. "," .. t[1] .. "," .. rawget(t, 7000000)

-- A table whose number keys lie scattered.
local t, n = {}
for i = 1, 100 do t[i * 1000] = i end
for i = 1, 1e9 do n = t[50000] t[50000] = i n = t[7] end

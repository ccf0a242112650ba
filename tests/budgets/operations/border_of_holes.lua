-- The length of a table whose end must be searched for.
local t = {}
for i = 1, 4096 do t[i] = i end
for i = 1, 60 do t["k" .. i] = i end
local n
for i = 1, 1e9 do n = #t end

-- EXPECT: ok|error|budget -- a median-of-three killer for quicksort
local n, t = 4000, {}
for i = 1, n do t[i] = i % 2 == 1 and i or n / 2 + i / 2 end
table.sort(t)
return #t

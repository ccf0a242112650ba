-- EXPECT: ok|budget -- organ pipe order
local n, t = 6000, {}
for i = 1, n / 2 do t[i] = i t[n + 1 - i] = i end
table.sort(t)
return t[1]

-- EXPECT: budget -- removed keys keep their places, and maxn walked over all of them for 25 instructions
local t = {}
for i = 1, 52000 do t[i] = 1 end
for i = 1, 51999 do t[i] = nil end
while true do table.maxn(t) end

-- EXPECT: budget -- print of many values
local t = {}
for i = 1, 2000 do t[i] = i end
while true do print(unpack(t)) end

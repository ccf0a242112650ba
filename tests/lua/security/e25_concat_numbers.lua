-- EXPECT: budget -- table.concat of numbers
local t = {}
for i = 1, 1000 do t[i] = i / 3 end
while true do table.concat(t, ",") end

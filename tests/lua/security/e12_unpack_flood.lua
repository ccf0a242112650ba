-- EXPECT: budget -- 7,000 results in a loop
local t = {}
for i = 1, 7000 do t[i] = i end
while true do local a = unpack(t) end

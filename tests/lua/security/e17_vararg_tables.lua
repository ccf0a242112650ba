-- EXPECT: budget -- {...} in a loop
local function f(...) while true do local t = {...} end end
local t = {}
for i = 1, 1000 do t[i] = i end
f(unpack(t))

-- EXPECT: budget|error -- a format of 100,000 directives
local t = {}
for i = 1, 7000 do t[i] = i end
local s = ("%d"):rep(7000)
while true do s:format(unpack(t)) end

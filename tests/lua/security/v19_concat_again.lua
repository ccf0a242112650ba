-- EXPECT: budget -- concat of a table of one long text
local t, s = {}, ("x"):rep(10000)
for i = 1, 1000 do t[i] = s end
while true do local u = table.concat(t) end

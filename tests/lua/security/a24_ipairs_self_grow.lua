-- EXPECT: budget -- ipairs over a table that grows
local t = {1}
for i in ipairs(t) do t[i + 1] = i end

-- EXPECT: ok|error|budget -- positions far outside
local t = {1, 2, 3}
table.insert(t, 2^53, "x")
table.insert(t, -5, "y")
table.remove(t, 2^53)
table.remove(t, -2^53)
return table.maxn({[1e308] = 1, [-1] = 2}) == 1e308

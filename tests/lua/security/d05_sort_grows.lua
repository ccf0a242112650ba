-- EXPECT: ok|error|budget -- a comparator that adds to its table
local t = {3, 1, 2, 5, 4}
return (pcall(table.sort, t, function(a, b) t[#t + 1] = 1 return a < b end))

-- EXPECT: ok|error|budget -- a comparison that adds to the table
local t = {} for i = 1, 50 do t[i] = i end
table.sort(t, function(a, b) t[#t + 1] = 0 return a < b end) return #t

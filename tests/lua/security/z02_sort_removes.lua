-- EXPECT: ok|error|budget -- a comparison that removes
local t = {} for i = 1, 50 do t[i] = -i end
table.sort(t, function(a, b) t[#t] = nil return (a or 0) < (b or 0) end) return #t

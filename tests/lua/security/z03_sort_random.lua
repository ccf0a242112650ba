-- EXPECT: ok|error -- a comparison without order
local t = {} for i = 1, 500 do t[i] = i end
table.sort(t, function(a, b) return math.random() < 0.5 end) return #t

-- EXPECT: ok|error -- a comparator that empties its table
local t = {}
for i = 1, 100 do t[i] = (i * 37) % 101 end
return (pcall(table.sort, t, function(a, b) for i = 1, 100 do t[i] = nil end return a < b end))

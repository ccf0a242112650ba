-- EXPECT: ok|budget -- runs are counted again and again
local t = {}
for i = 1, 20000 do t[i] = 1 end
for r = 1, 100000 do t[5000 + r % 7 * 2] = nil t[5000 + r % 7 * 2] = 1 end
return true

-- EXPECT: ok|budget -- strings that differ in the last byte only
local p, t = ('x'):rep(5000), {}
for i = 1, 500 do t[i] = p .. string.char(i % 200 + 1) end
table.sort(t)
return #t

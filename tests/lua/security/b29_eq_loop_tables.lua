-- EXPECT: ok|budget -- __eq over pairs of 300 objects
local m = {__eq = function(a, b) return a.v == b.v end}
local l = {}
for i = 1, 300 do l[i] = setmetatable({v = i % 7}, m) end
local n = 0
for i = 1, 300 do for j = 1, 300 do if l[i] == l[j] then n = n + 1 end end end
return n

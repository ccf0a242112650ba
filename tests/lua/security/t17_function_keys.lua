-- EXPECT: ok|budget -- closures as keys
local t, n = {}, 0
for i = 1, 15000 do t[function() return i end] = i end
for f, i in pairs(t) do if f() == i then n = n + 1 end end
return n

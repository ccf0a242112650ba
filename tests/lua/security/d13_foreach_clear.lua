-- EXPECT: ok =0 -- clearing during traversal is allowed
local t = {}
for i = 1, 1000 do t[i] = i t['k' .. i] = i end
for k in pairs(t) do t[k] = nil end
local n = 0
for k in pairs(t) do n = n + 1 end
return n

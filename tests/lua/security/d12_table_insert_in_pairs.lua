-- EXPECT: ok|error|budget -- new keys during traversal
local t = {a = 1}
local n = 0
for k in pairs(t) do n = n + 1 t[k .. n] = n if n > 1000 then break end end
return n > 0

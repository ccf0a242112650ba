-- EXPECT: ok =1 -- -0 and 0 are one key in every form
local t = {}
for i = 1, 40 do t[i * 12345] = i end
t[-0] = 1
local n = 0
for k in pairs(t) do if k == 0 then n = n + 1 end end
t[0] = nil
return n - (t[-0] and 1 or 0)

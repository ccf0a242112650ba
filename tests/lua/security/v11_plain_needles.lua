-- EXPECT: ok|budget -- long needles that fail at their end
local s, p, n = ("a"):rep(50000), ("a"):rep(20000) .. "b", 0
for i = 1, 1000 do if s:find(p, 1, true) then n = n + 1 end end return n

-- EXPECT: ok|budget -- find from each place of a long text
local s, n = ("a"):rep(100000), 0
for i = 1, 100000 do if s:find("b", i, true) then n = n + 1 end end return n

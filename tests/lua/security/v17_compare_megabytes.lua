-- EXPECT: ok|budget -- texts of a megabyte that differ at their end
local a, b, n = ("x"):rep(1000000) .. "a", ("x"):rep(1000000) .. "b", 0
for i = 1, 1000000 do if a < b then n = n + 1 end end return n

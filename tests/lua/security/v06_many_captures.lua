-- EXPECT: ok|error|budget -- 31 captures at every place
local p, n = ("()"):rep(31), 0
for i = 1, 2000 do n = n + select("#", ("x"):rep(100):find(p .. "y")) end
return n

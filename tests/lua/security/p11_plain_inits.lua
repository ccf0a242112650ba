-- EXPECT: budget -- a plain search from each start
local s = ("a"):rep(200000)
for i = 1, #s do s:find("b", i, true) end

-- EXPECT: ok|budget -- %bxx on long runs
local s = ("x"):rep(20001)
local n = 0
for m in s:gmatch("%bxx") do n = n + 1 end
return n

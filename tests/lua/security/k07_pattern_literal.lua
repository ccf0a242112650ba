-- EXPECT: budget -- a literal of a pattern that is stepped was compared for nothing: 5,300 ns an instruction
local p = ("a"):rep(20000) .. "[bc]"
local s = ("a"):rep(400000)
while true do s:find(p) end

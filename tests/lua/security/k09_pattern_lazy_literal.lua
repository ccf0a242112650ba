-- EXPECT: budget -- a lazy repetition looks for its literal forwards
local q = "(.)%1.-" .. ("a"):rep(500) .. "b" .. ("a"):rep(499) .. "[xy]"
local s = ("a"):rep(20000)
while true do s:find(q) end

-- EXPECT: budget -- a lazy repetition looks for its literal forwards
local q = "(.)%1.-" .. ("a"):rep(1000) .. "baa[xy]"
local s = ("a"):rep(2400)
while true do s:find(q) end

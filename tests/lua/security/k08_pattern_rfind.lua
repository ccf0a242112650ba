-- EXPECT: budget -- a repetition that gives back looked for its literal backwards, comparing all of it at each place
local q = "(.)%1.*aab" .. ("a"):rep(2000) .. "[xy]"
local s = ("a"):rep(20000)
while true do s:find(q) end

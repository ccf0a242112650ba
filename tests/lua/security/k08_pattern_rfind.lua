-- EXPECT: budget -- a repetition that gives back looked for its literal backwards, comparing it at each place
local p = ".*" .. ("a"):rep(2000) .. "b%1?" .. ("x?"):rep(5)
local q = "(.)%1*.*" .. ("a"):rep(2000) .. "b"
local s = ("a"):rep(20000)
while true do pcall(s.find, s, p) s:find(q) end

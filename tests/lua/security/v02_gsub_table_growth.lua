-- EXPECT: budget -- replacements from a table
local s, t = ("a"):rep(1000), {a = ("a"):rep(1000)}
while true do s = s:gsub("a", t) end

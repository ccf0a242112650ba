-- EXPECT: budget -- an anchored gsub on a long string, for ever
local s = (" "):rep(100000)
while true do s:gsub("^%s*$", "") end

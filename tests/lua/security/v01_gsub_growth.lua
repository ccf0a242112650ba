-- EXPECT: budget -- a text that doubles by gsub
local s = "a" while true do s = s:gsub(".", "%0%0") end

-- EXPECT: budget -- small texts for ever
local t = {} while true do t[#t + 1] = "k" .. #t end

-- EXPECT: budget -- the limit and the step are numerals as well, and blanks are a numeral's too
local s, b = ("0"):rep(1000000) .. "1", (" "):rep(1000000) .. "1"
while true do for i = 1, s do end for i = 2, 1, b do end end

-- Patterns that one regular expression finds, far away or nowhere.
local s, n = ("ab1 "):rep(25000)
for i = 1, 1e9 do n = s:find("x") n = s:find("%u") n = s:find("b%dx") n = s:find("[^ab1 ]+") n = s:match("^%s*(.-)%s*$") end

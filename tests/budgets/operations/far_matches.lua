-- The same with a match at the end.
local s, n = ("ab1 "):rep(25000) .. "X"
for i = 1, 1e9 do n = s:find("%u") n = s:find("%s*X") n = s:find("[%l%d]+X") end

-- EXPECT: ok|budget -- an anchored gsub on a long text
local s, n = ("ab"):rep(20000), 0
for i = 1, 2000 do local _, c = s:gsub("^ab", "") n = n + c end
return n

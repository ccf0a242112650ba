-- EXPECT: ok|budget -- tables as keys, many of them
local t, list = {}, {}
for i = 1, 20000 do local k = {} t[k] = i list[i] = k end
local n = 0
for r = 1, 5 do for i = 1, 20000 do n = n + t[list[i]] end end
return n

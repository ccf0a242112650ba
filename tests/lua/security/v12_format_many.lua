-- EXPECT: ok|budget -- 99 digits, a thousand times
local f, n = ("%99.99f"):rep(6), 0
for i = 1, 20000 do n = n + #f:format(1e308, 1e308, 1e308, 1e308, 1e308, 1e308) end return n

-- EXPECT: budget -- the callback doubles its string
local s = 'aa'
while true do s = s:gsub('a', function(c) return c .. c end) end

-- EXPECT: budget -- hundreds of coroutines that wait for each other
local c = coroutine.wrap(function() while true do coroutine.yield() end end)
for i = 1, 300 do local p = c c = coroutine.wrap(function() while true do p() coroutine.yield() end end) end
while true do c() end

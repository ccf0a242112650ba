-- Deep coroutines that nobody goes on with.
local function deep(n) if n > 0 then deep(n - 1) end coroutine.yield() end
for i = 1, 1e9 do coroutine.wrap(deep)(300) end

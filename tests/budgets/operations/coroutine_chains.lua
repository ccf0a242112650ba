-- A hundred coroutines that go on with each other, and the yields of one that is deep.
local function nest(n) if n == 0 then while true do coroutine.yield() end end
  local inner = coroutine.wrap(nest)
  while true do coroutine.yield(inner(n - 1)) end
end
local function deep(n) if n > 0 then deep(n - 1) end while true do coroutine.yield() end end
local chain, far = coroutine.wrap(nest), coroutine.wrap(deep)
for i = 1, 1e9 do chain(100) for k = 1, 100 do far(2000) end end

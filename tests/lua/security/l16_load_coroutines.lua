-- EXPECT: budget -- each chunk in a coroutine of its own: it is compiled again as a generator, and paid for again
-- allow-load
local alive, n = {}, 0
while true do
  n = n + 1
  alive[n] = coroutine.wrap(loadstring("coroutine.yield(1) return function() coroutine.yield(2) end"))
  alive[n]()
end

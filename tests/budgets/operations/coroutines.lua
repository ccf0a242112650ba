-- Coroutines that are made, begun, gone on with and left.
local function body(n) while n > 0 do n = n + coroutine.yield(n) end return n end
local kept = {}
for i = 1, 1e9 do
  local co = coroutine.create(body)
  for k = 1, 4 do coroutine.resume(co, 1) end
  kept[i % 100 + 1] = co
end

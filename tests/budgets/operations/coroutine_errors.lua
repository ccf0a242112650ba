-- Errors that leave many calls of a coroutine, and those that a pcall in it stops.
local function deep(n) if n > 0 then return 1 + deep(n - 1) end error("x") end
for i = 1, 1e9 do
  coroutine.resume(coroutine.create(deep), 1000)
  coroutine.wrap(function() for k = 1, 10 do pcall(deep, 100) end end)()
end

-- Calls inside a coroutine, each a generator that a driver runs.
local function leaf(n) return n end
local function tree(n) if n > 0 then return tree(n - 1) + tree(n - 1) end return leaf(n) end
for value in coroutine.wrap(function() for i = 1, 1e9 do coroutine.yield(tree(8)) end end) do end

-- EXPECT: ok =stack overflow -- a coroutine that began where there was room is resumed where there is none
local function deep(n) if n == 0 then coroutine.yield() end return 1 + deep(n - 1) end
local cos = {}
for i = 1, 3 do cos[i] = coroutine.create(function() coroutine.yield() return pcall(deep, 1e9) end) coroutine.resume(cos[i]) end
local function at(n) if n == 0 then return select(3, coroutine.resume(cos[1])) end return (at(n - 1)) end
local why = at(6900)
return why and (why:gsub(".*: ", "")) or "no message"

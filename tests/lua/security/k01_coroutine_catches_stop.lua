-- EXPECT: budget -- a resume or a pcall in a coroutine is no way around a stop
local function spin() while true do end end
local co = coroutine.create(function() while true do pcall(spin) coroutine.yield() end end)
while true do pcall(coroutine.resume, co) end

-- EXPECT: ok =cannot resume running coroutine -- the running coroutine cannot be resumed
local co co = coroutine.create(function() return select(2, coroutine.resume(co)) end)
return select(2, coroutine.resume(co))

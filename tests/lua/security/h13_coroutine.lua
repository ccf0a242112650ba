-- EXPECT: error -- no coroutines
return coroutine.wrap(function() end)()

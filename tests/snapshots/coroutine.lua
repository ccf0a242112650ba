local co = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end)
return co(1), co(2)

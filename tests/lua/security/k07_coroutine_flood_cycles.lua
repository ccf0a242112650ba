-- EXPECT: budget -- coroutines that hold themselves, and a string each
for i = 1, 1e9 do
  local co co = coroutine.create(function() local s = ("x"):rep(1000) .. i coroutine.yield(co) return s end)
  coroutine.resume(co)
end

-- EXPECT: ok =0 -- nothing of the generators and frames behind a thread can be had
local n, co = 0, coroutine.create(function() coroutine.yield() end)
coroutine.resume(co)
for _, name in ipairs {"stack", "status", "function", "deepest", "gi_frame", "send", "throw", "close", "__class__"} do
  if pcall(function() return co[name] end) or pcall(function() co[name] = 1 end) or pcall(function() return co[name](co) end) then n = n + 1 end
end
return n

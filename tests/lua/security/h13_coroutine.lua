-- EXPECT: ok =thread -- a coroutine is a thread, and nothing of Python shows
local co = coroutine.create(function() end)
if pcall(function() return co.gi_frame end) or pcall(function() return co.stack end) then return "leak" end
return type(co)

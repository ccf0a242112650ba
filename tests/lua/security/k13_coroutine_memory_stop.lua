-- EXPECT: budget -- a memory stop in a coroutine below pcall and xpcall
coroutine.wrap(function()
  while true do
    pcall(function() xpcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end, function() return 1 end) end)
    coroutine.yield()
  end
end)()
return "escaped"

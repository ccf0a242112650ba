-- EXPECT: budget -- a handler that asks again and again for the stack that an error came through: each level is paid for
local function down(n)
  if n > 0 then return 0 + down(n - 1) end
  error("x")
end
xpcall(function() down(6500) end, function()
  while true do
    debug.traceback("", 3000)
    debug.getinfo(6000, "l")
  end
end)

-- EXPECT: budget -- a level of the stack took 5.5 µs for 16 instructions: 22 times the mean an instruction
local function down(n)
  if n > 0 then return 0 + down(n - 1) end
  while true do
    debug.traceback("x", 4900)
    debug.getinfo(4900)
  end
end
down(5000)

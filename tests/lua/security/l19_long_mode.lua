-- EXPECT: budget -- a mode of megabytes was searched for its letter at each call, for nothing: 63 times the mean an instruction, 7 s
-- allow-load
local mode = ("x"):rep(4000000)
while true do load("x", "x", mode) end

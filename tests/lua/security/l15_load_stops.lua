-- EXPECT: budget -- no pcall and no reader catches a budget's end while a chunk is compiled
-- allow-load
local text = ("a = a + 1 "):rep(1000)
while true do pcall(pcall, load, function() pcall(loadstring, text) return nil end) end

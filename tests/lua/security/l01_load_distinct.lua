-- EXPECT: budget -- chunk after chunk, all of different names and texts: what compiling takes is paid for, and nothing of it stays
-- allow-load
local n = 0
while true do n = n + 1 loadstring("local key" .. n .. " = 'text" .. n .. "' return key" .. n, "=chunk" .. n)() end

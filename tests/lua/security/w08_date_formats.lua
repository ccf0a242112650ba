-- EXPECT: ok|error -- every byte as a date directive
local n = 0
for c = 0, 255 do local ok, s = pcall(os.date, "!%" .. string.char(c), 0) if ok then n = n + 1 end end return n

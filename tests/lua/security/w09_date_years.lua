-- EXPECT: ok|error|budget -- times no calendar has
local n = 0
for _, x in ipairs({1e15, -1e15, 2 ^ 53, 1 / 0, -1 / 0, 0 / 0, 253402300800}) do if pcall(os.date, "%c", x) then n = n + 1 end end
return n

-- Numerals as operands.
local a, n = "12", 0
for i = 1, 1e9 do n = a * "3" + a end

-- A numeral of 300 digits as an operand.
local a, n = ("7"):rep(300), 0
for i = 1, 1e9 do n = a - a end

-- The dear operators on extreme numbers.
local a, b, n = 1.7e308, -3.3e-300, 0
for i = 1, 1e9 do n = a % b n = b ^ a n = a ^ 0.5 end

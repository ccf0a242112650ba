-- EXPECT: ok -- modulo by zero and infinity
local t = {}
for _, a in ipairs({0, 1, -1, 5.5, 1/0, -1/0, 0/0, 1e308}) do for _, b in ipairs({0, 1, -1, 1/0, -1/0, 0/0, 1e-308, 2^53}) do t[#t + 1] = a % b t[#t + 1] = a / b t[#t + 1] = a ^ b t[#t + 1] = math.fmod(a, b) end end
return #t

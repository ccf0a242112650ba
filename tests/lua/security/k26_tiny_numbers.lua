-- EXPECT: budget -- 99 digits of a number that hundreds of zeros stand before: 4 µs for 16 instructions
local t = {}
for i = 1, 50 do t[i] = 5e-324 * i end
local form = ("%.99e"):rep(50)
while true do form:format(unpack(t)) end

-- EXPECT: ok =true -- a short hexadecimal numeral took 2.5 µs for five instructions: 23 times the mean an instruction
local before = os.clock()
for i = 1, 1000 do
  local a = -"0x1p-1074"
end
return (os.clock() - before) / 15e-9 > 1000 * 12

-- EXPECT: budget -- the digits of 1.2e300 take 1 µs; a number in `..` cost as little as a text, 21 times the mean an instruction
local x = 1.23456789012345e300
while true do
  local y = x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x
  local z = x / 3 .. x * 7
end

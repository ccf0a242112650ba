-- EXPECT: budget -- a constructor with computed keys and a hole took 4 µs for 12 instructions: 23 times the mean an instruction
local k = 2
while true do
  local t = {[k] = 1, nil}
  t = {[k + 0.5] = 1, [k / 3] = 2, 5, nil, 6}
  t = {[t] = k, nil, nil, 4}
end

-- EXPECT: budget -- what # answers of a small table that loses an element was worked out for nothing: 22 times the mean an instruction
while true do
  local t = {1, 2, 3, 4, 5, 6, 7}
  t[20] = 1 t[30] = 1 t[40] = 1 t[50] = 1 t[60] = 1 t[70] = 1
  t[3] = nil
  t = {nil, 2, nil, 4, nil, 6}
  t[6] = nil t[6] = 1 t[6] = nil t[6] = 1
end

-- EXPECT: budget -- whether keys are 1, 2, 3 and so on was found out at each pairs for nothing: 42 times the mean an instruction
local t = {}
for i = 1, 6000 do t[i] = i end
while true do
  for k in pairs(t) do break end
  table.foreach(t, function() return 1 end)
end

-- EXPECT: budget -- string.char in a loop
while true do string.char(1, 2, 3, 4, 5, 6, 7, 8) end

-- EXPECT: budget -- os.date("*t") in a loop
while true do os.date("*t", 0) end

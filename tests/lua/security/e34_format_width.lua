-- EXPECT: budget -- %99.99f in a loop
while true do string.format("%99.99f", 1e308) end

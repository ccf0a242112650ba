-- EXPECT: budget -- tables in a loop
while true do local t = {} end

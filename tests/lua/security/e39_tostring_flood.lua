-- EXPECT: budget -- tostring of tables and functions
while true do tostring({}) tostring(print) end

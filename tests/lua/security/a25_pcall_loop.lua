-- EXPECT: budget -- pcall cannot swallow the stop
while true do pcall(error) end

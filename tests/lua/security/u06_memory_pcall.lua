-- EXPECT: budget -- the memory budget cannot be caught
while true do pcall(string.rep, "x", 2 ^ 24) end

-- EXPECT: budget -- rep of 100 MB cannot be caught
pcall(string.rep, "x", 1e8)
return "survived"

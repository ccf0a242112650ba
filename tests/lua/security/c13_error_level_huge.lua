-- EXPECT: error -- levels far outside the stack
pcall(error, "x", 1e308)
pcall(error, "x", -1e308)
pcall(error, "x", 0/0)
pcall(error, "x", 2^53)
error("end", 99999)

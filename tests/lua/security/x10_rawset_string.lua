-- EXPECT: error -- rawset on a string
rawset("x", 1, 2)

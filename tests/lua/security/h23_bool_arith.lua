-- EXPECT: error -- booleans are no numbers
return true + 1

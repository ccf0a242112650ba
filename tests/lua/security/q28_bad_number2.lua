-- EXPECT: parse -- a number that runs into a name
return 3x

-- EXPECT: error -- more results than a stack has
return unpack({}, 1, 1e8)

-- EXPECT: budget|error -- more results than memory
return unpack({}, 1, 1e6)

-- EXPECT: error -- a range of 2^53 over an empty table
return table.concat({}, "", 1, 2^53)

-- EXPECT: error|ok -- concat from -2^53 to 2^53
return table.concat({}, "x", -2 ^ 53, 2 ^ 53)

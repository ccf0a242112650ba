-- EXPECT: ok|error -- random over ranges beyond integers
math.random(1, 2^53) pcall(math.random, -2^63, 2^63) pcall(math.random, 1, 1/0) pcall(math.random, 0/0) pcall(math.randomseed, 0/0) pcall(math.randomseed, 1/0) pcall(math.randomseed, 1e308)
return math.random() < 1

-- EXPECT: budget|error|ok -- rep beyond any memory (5.1 wraps the count)
return #("x"):rep(2^63)

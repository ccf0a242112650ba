-- EXPECT: ok =0 -- negative, NaN-free odd counts
return #("x"):rep(-1) + #("x"):rep(-2^53) + #("x"):rep(0) + #("x"):rep(0.9)

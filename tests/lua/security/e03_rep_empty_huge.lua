-- EXPECT: ok =0 -- rep of nothing, 2^53 times
return #(""):rep(2^53)

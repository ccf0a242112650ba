-- EXPECT: budget|error|ok -- a million results at once
return select("#", ("x"):rep(1000000):byte(1, -1))

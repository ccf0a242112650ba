-- EXPECT: budget|ok|error -- a large result
return ("x"):rep(5000000)

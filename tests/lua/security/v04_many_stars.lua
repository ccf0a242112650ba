-- EXPECT: ok|budget -- a*a*a*b
return (("a"):rep(30000):match("a*a*a*a*a*a*b"))

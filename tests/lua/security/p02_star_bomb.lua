-- EXPECT: ok|budget -- nested stars
return (("a"):rep(300):match("a*a*a*a*a*a*a*b"))

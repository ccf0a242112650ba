-- EXPECT: ok|budget -- three lazy dots
return (("a"):rep(3000):find(".-.-.-b"))

-- EXPECT: ok|budget -- a back reference to every prefix
return (("a"):rep(20000):match("(.*)%1b"))

-- EXPECT: ok|budget -- a frontier at every place
return (("a "):rep(20000):find("%f[%w]%w-%f[%W]%s-b"))

-- EXPECT: ok|budget|error -- a pattern of 100 kB
return (("a"):rep(100000):find(("a"):rep(100000) .. "%d"))

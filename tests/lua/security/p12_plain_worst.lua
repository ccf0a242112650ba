-- EXPECT: ok|budget -- a plain search that almost matches
return (("a"):rep(100000):find(("a"):rep(50000) .. "b", 1, true))

-- EXPECT: ok|budget -- %b with no close: every start scans to the end
return (("("):rep(20000):find("%b()"))

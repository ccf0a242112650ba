-- EXPECT: ok|budget|error -- a pattern of 50,000 single items
return (("a"):rep(60000):find((".?"):rep(50000)))

-- EXPECT: ok|budget -- optional items
return (("a"):rep(25):match(("a?"):rep(25) .. ("a"):rep(25)))

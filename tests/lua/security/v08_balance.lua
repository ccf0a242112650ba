-- EXPECT: ok|budget -- unbalanced brackets from each place
return ((("("):rep(20000)):match("%b()"))

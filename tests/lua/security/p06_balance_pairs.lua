-- EXPECT: ok|budget -- %b over nested pairs
return #((("("):rep(20000) .. (")"):rep(20000)):match("%b()"))

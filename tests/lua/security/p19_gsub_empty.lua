-- EXPECT: ok|budget -- empty matches replaced
return #(("x"):rep(100000):gsub("", "-"))

-- EXPECT: error|budget -- a 9 MB message
error(("x"):rep(9000000))

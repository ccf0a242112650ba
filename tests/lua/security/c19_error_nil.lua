-- EXPECT: error -- error(nil) uncaught
error(nil)

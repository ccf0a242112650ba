-- EXPECT: error -- % on strings is arithmetic
return "%s" % "x"

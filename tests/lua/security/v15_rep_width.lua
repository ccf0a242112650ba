-- EXPECT: error|budget -- counts and widths beyond numbers
return ("x"):rep(1e308), ("%100d"):format(1)

-- EXPECT: error -- no compiler at run time
return loadstring("return 1")()

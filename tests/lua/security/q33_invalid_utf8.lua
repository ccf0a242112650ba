-- EXPECT: ok =4 -- bytes that are no UTF-8 in a string
return #"ÿşÃ("

-- EXPECT: error -- functions have no fields
return print.__globals__

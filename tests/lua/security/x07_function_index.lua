-- EXPECT: error -- a function has no fields
return print.__globals__

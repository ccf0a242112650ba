-- EXPECT: ok =true -- an error object that holds itself
local e = {} e.e = e
local ok, x = pcall(error, e)
return x.e == x

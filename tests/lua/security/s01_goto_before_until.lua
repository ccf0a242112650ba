-- EXPECT: parse -- a jump over a local that until reads: the variable was not there, and the engine ended in an exception of Python
local n = 0
repeat n = n + 1 if n < 3 then goto c end local x = n ::c:: until x == 3
return n

-- EXPECT: ok =poisoned -- a poisoned string library stays in the run
string.upper = function() return "poisoned" end
return ("x"):upper()

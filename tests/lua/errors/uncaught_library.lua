print(("x"):rep(2)) --> xx
string.rep("x", {}) --> error: uncaught_library.lua:2: bad argument #2 to 'rep' (number expected, got table)

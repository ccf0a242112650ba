-- EXPECT: budget -- a back reference was copied to be compared: here 4 MB of it, uncharged
local s = ("a"):rep(4000000)
return (s:find("^(.*)%1$"))

-- EXPECT: budget -- sub and captures copied megabytes before their bytes were charged
local s = ("a"):rep(9900000)
return #s:sub(2), #s:match("^.(.*)"), s:find("^.(.*)"), s:gmatch("a(a*)")()

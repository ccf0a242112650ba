-- EXPECT: budget -- gsub made all of its result before it charged: 15 times the subject
local s = ("a"):rep(4000000)
return #s:gsub("a", "0123456789abcde")

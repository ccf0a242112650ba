-- EXPECT: ok|budget -- the usual trim on many spaces
local s = "x" .. (" "):rep(20000) .. "x"
return #s:match("^%s*(.-)%s*$")

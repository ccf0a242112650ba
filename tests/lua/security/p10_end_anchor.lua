-- EXPECT: ok|budget -- %s*$ on many spaces
local s = (" "):rep(20000) .. "x"
return (s:find("%s*$"))

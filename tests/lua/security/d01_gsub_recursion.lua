-- EXPECT: error|budget -- a replacement function that calls gsub on itself
local function f(s) return (s:gsub('.', f)) end
return f('a')

-- EXPECT: error|budget|ok -- gsub calls gsub
local function f(s) return (s:gsub(".", function(c) return f(c) end)) end return pcall(f, "ab")

-- EXPECT: error|budget|ok -- pcall of pcall of pcall
local f = function() error("deep") end
for i = 1, 600 do local g = f f = function() return pcall(g) end end
return select("#", f())

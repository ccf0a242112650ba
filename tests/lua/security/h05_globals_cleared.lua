-- EXPECT: error|ok -- every global removed
local p = pairs
for k in p(_G) do _G[k] = nil end
return print == nil and type or "gone"

-- EXPECT: ok =60 -- load wherever the library calls back
-- allow-load
local n = 0
local function one() n = n + (loadstring("return 1")()) end
for i = 1, 10 do
  ("x"):gsub("x", one)
  pcall(one)
  local t = setmetatable({}, { __index = one, __tostring = function() one() return "" end, __lt = one, __call = one })
  local _ = t.x, tostring(t), t < t
  t()
end
return n

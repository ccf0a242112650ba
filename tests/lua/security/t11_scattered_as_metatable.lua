-- EXPECT: ok =42 -- a scattered table as a metatable and as __index
local meta = {}
for i = 1, 40 do meta[i * 999] = i end
meta.__index = meta
meta.x = 42
return setmetatable({}, meta).x

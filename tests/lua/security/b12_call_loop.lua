-- EXPECT: budget -- __call in a loop
local m = {__call = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t() end

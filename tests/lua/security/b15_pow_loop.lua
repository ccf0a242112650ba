-- EXPECT: budget -- __pow in a loop
local m = {__pow = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = 2 ^ t end

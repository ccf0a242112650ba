-- EXPECT: budget -- __lt in a loop
local m = {__lt = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t < t end

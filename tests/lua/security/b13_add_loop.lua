-- EXPECT: budget -- __add in a loop
local m = {__add = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t + t end

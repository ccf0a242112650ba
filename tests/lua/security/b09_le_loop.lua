-- EXPECT: budget -- __le in a loop
local m = {__le = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t <= t end

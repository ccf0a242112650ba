-- EXPECT: budget -- __index in a loop
local m = {__index = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t.x end

-- EXPECT: budget -- __unm in a loop
local m = {__unm = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = -t end

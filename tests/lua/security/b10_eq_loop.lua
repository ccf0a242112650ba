-- EXPECT: budget -- __eq in a loop
local m = {__eq = function() return 1 end}
local t, u = setmetatable({}, m), setmetatable({}, m)
local n
while true do n = t == u end

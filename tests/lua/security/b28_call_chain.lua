-- EXPECT: error -- an object whose __call is an object, ten thousand times
local c = function() return 1 end
for i = 1, 10000 do c = setmetatable({}, {__call = c}) end
return c()

-- Errors with a position, raised and caught.
local f = function() local x = nil return x.y end
for i = 1, 1e9 do pcall(f) end

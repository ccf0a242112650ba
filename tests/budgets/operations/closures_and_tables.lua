-- What allocates, until bytes run out.
local f, t
for i = 1, 1e9 do f = function() return i end t = { i } end

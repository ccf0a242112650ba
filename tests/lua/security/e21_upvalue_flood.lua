-- EXPECT: budget -- a fresh upvalue an iteration
local keep = {}
while true do local a, b, c = 1, 2, 3 keep[1] = function() a, b, c = c, b, a return a end end

-- EXPECT: error|ok|budget -- a chain of 20,000: 5.1 gives up after 100 ('loop in gettable')
local t = {x = 1}
for i = 1, 20000 do t = setmetatable({}, {__index = t}) end
return t.x

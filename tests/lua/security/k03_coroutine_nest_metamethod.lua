-- EXPECT: error|budget -- a resume in each step of an __index
local t t = setmetatable({}, {__index = function(_, k) return coroutine.wrap(function() return t[k + 1] end)() end})
return t[1]

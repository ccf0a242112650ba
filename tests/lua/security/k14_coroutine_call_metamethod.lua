-- EXPECT: budget -- __call in coroutines, one within the other
local t t = setmetatable({}, {__call = function(self, n) return t(n + 1) end})
while true do coroutine.resume(coroutine.create(function() return t(0) end)) end

-- EXPECT: ok|error|budget -- a handler that calls xpcall with itself
local function h(e) return xpcall(error, h, e) end
return (xpcall(error, h, 1))

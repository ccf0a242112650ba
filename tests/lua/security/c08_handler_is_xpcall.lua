-- EXPECT: ok|error|budget -- handlers that call xpcall
local function h() return xpcall(error, h) end
return (xpcall(error, h))

-- EXPECT: ok|error|budget -- xpcall's handler recurses without end
local function h(m) return h(m) .. "x" end
return (xpcall(error, h))

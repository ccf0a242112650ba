-- EXPECT: error|budget -- gmatch loops inside each other without end
local function f() for c in ('ab'):gmatch('.') do f() end end
f()

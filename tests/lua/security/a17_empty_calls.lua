-- EXPECT: budget -- while f() do end
local function f() return true end
while f() do end

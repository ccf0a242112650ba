-- EXPECT: parse -- ... where there is none
local function f() return ... end

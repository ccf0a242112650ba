-- EXPECT: budget -- stack overflow, caught, for ever
local function r() return 1 + r() end
while true do pcall(r) end

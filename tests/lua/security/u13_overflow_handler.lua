-- EXPECT: budget -- overflow in the handler of an overflow, for ever
local function f() return f() + 1 end
while true do xpcall(f, function() return pcall(f) end) end

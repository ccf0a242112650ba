-- EXPECT: budget -- bit operations in a loop
local n = 1
while true do n = bit.bxor(bit.lshift(n, 1), n) end

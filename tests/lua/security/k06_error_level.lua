-- EXPECT: budget -- error walked the whole stack for its level: 2.2 ms for 150 instructions
local function down(n)
  if n > 0 then return 0 + down(n - 1) end
  while true do pcall(error, "", 2000000000) end
end
down(6500)

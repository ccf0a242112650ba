-- EXPECT: ok|budget -- the end of whole numbers
local n = 0 for i = 2 ^ 53 - 2, 2 ^ 53 + 10 do n = n + 1 if n > 100 then break end end return n

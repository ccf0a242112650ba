-- EXPECT: ok|error|budget -- a step of -0
local n = 0 for i = 1, 2, -0 do n = n + 1 if n > 10 then break end end return n

-- Recursion down to the limit, again and again.
local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end
for i = 1, 1e9 do f(6000) end

-- EXPECT: budget|error -- very many return values
local function f(n, ...) if n == 0 then return ... end return f(n - 1, n, ...) end
local t = {f(5000)}
return #t

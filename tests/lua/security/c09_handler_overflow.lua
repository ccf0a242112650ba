-- EXPECT: ok|error -- handler called on stack overflow calls more
local function r() return 1 + r() end
local function g(n) if n == 0 then return 0 end return 1 + g(n - 1) end
return (xpcall(r, function(m) return g(50) end))

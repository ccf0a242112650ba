-- An error that unwinds 3,000 calls.
local function f(n) if n > 0 then return 1 + f(n - 1) end error("x") end
for i = 1, 1e9 do pcall(f, 3000) end

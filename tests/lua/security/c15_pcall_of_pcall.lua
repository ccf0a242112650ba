-- EXPECT: ok|error|budget -- pcall nested 6,000 deep by recursion
local function r(n) if n == 0 then return 0 end local ok, v = pcall(r, n - 1) return 1 end
return r(6000)

-- EXPECT: ok|error|budget -- load at the end of all stacks: below gsub, sort, metamethods, coroutines
-- allow-load
local text = ("("):rep(190) .. "1" .. (")"):rep(190)
local function try() return loadstring("return " .. text) and 1 end
local deepest = 0
local function gsubs(n) deepest = n try() return (("x"):gsub("x", function() return gsubs(n + 1) end)) end
pcall(gsubs, 0)
local t = setmetatable({}, { __index = function(t, k) try() return t[k + 1] end })
pcall(function() return t[1] end)
local function co(n) try() return coroutine.wrap(function() return co(n + 1) end)() end
pcall(co, 0)
local function plain(n) try() return 1 + plain(n + 1) end
pcall(plain, 0)
return 1

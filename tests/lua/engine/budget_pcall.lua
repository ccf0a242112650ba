-- Deep recursion is an ordinary error that pcall catches, as often as one likes.
local function deep(n) return 1 + deep(n + 1) end
local ok, message = pcall(deep, 1)
print(ok, (message:gsub("^[^:]*:%d+: ", ""):match("^stack overflow"))) --> false\tstack overflow
local count = 0
local function counting() count = count + 1 return 1 + counting() end
print(pcall(counting) == false, count > 190) --> true\ttrue
print(pcall(string.rep, "x", -1)) --> true\t
local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})
print(pcall(function() return t[1] end) == false) --> true
print(select("#", pcall(deep, 1))) --> 2

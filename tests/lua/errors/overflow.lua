-- Stack overflow is an ordinary error: caught, handled, and no trouble afterwards.
local function deep(n) return 1 + deep(n + 1) end
local function plain(m) return (tostring(m):gsub("^[^:]*:%d+: ", ""):match("^stack overflow")) end
local ok, message = pcall(deep, 1)
print(ok, plain(message)) --> false\tstack overflow
print(xpcall(deep, function(m) local function g(n) if n == 0 then return 0 end return 1 + g(n - 1) end return g(20) end)) --> false\t20
local concat = setmetatable({}, {})
getmetatable(concat).__concat = function(a, b) return a .. b end
print((pcall(function() return concat .. concat end))) --> false
local mutual = {}
function mutual.a(n) return 1 + mutual.b(n + 1) end
function mutual.b(n) return 1 + mutual.a(n + 1) end
print(pcall(mutual.a, 1) == false, plain(select(2, pcall(mutual.a, 1)))) --> true\tstack overflow
for i = 1, 5 do print(i, (pcall(deep, i))) end --> 1\tfalse
--> 2\tfalse
--> 3\tfalse
--> 4\tfalse
--> 5\tfalse
local depth = 0
local function count() depth = depth + 1 return 1 + count() end
print((pcall(count)), depth > 190) --> false\ttrue
local function fine(n) if n == 0 then return 0 end return 1 + fine(n - 1) end
print(fine(190), pcall(fine, 190)) --> 190\ttrue\t190
print(select("#", pcall(deep, 1))) --> 2

-- __call, __tostring, __metatable, __len (not for tables in 5.1), __mode, __gc, string metatable.
local c = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(c()) --> 0
print(c(1)) --> 1\t1
print(c(nil, 2)) --> 2\tnil\t2
print(c(c) == 1) --> true
print(pcall(c, "via pcall")) --> true\t1\tvia pcall
local chain = setmetatable({}, {__call = c})
print(pcall(chain, 1)) --> false\tattempt to call a table value
print(pcall(setmetatable({}, {__call = 5}))) --> false\tattempt to call a table value
print(pcall(setmetatable({}, {__call = {}}))) --> false\tattempt to call a table value
print(pcall(function() local notcallable = setmetatable({}, {}) notcallable() end)) --> false\tothers.lua:12: attempt to call local 'notcallable' (a table value)
local method = {obj = setmetatable({}, {__call = function(self, a, b) return a.tag, b end}), tag = "tagged"}
print(method.obj(method, 1), method:obj(2)) --> tagged\ttagged\t2
local made = setmetatable({}, {__call = function(class, x) return setmetatable({x = x}, {__index = class}) end, __index = {get = function(self) return self.x end}})
print(made(5).x) --> 5
print(select(2, pcall(error, setmetatable({}, {__tostring = function() return "custom" end}))) ~= nil) --> true
local s = setmetatable({}, {__tostring = function(self) return "stringified" end})
print(s) --> stringified
print(tostring(s)) --> stringified
print(s, s) --> stringified\tstringified
print(pcall(function() return s .. "x" end)) --> false\tothers.lua:22: attempt to concatenate upvalue 's' (a table value)
print(pcall(string.len, s)) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(string.format, "%s", s)) --> false\tbad argument #2 to '?' (string expected, got table)
print(pcall(tostring, setmetatable({}, {__tostring = function() return 5 end}))) --> true\t5
print(pcall(print, setmetatable({}, {__tostring = function() return {} end}))) --> false\t'tostring' must return a string to 'print'
print(pcall(print, setmetatable({}, {__tostring = function() return nil end}))) --> false\t'tostring' must return a string to 'print'
print(pcall(tostring, setmetatable({}, {__tostring = function() error("in tostring") end}))) --> false\tothers.lua:28: in tostring
print(pcall(tostring, setmetatable({}, {__tostring = 5}))) --> false\tattempt to call a number value
print(tostring(setmetatable({}, {__tostring = function(...) return tostring(select("#", ...)) end}))) --> 1
print(tostring(setmetatable({}, {__name = "MyType"})):match("^table: ") ~= nil) --> true
local protected = setmetatable({}, {__metatable = "locked"})
print(getmetatable(protected)) --> locked
print(pcall(setmetatable, protected, {})) --> false\tcannot change a protected metatable
print(pcall(setmetatable, protected, nil)) --> false\tcannot change a protected metatable
print(getmetatable(setmetatable({}, {__metatable = false}))) --> false
print(pcall(setmetatable, setmetatable({}, {__metatable = false}), {})) --> false\tcannot change a protected metatable
print(getmetatable("").__index == string) --> true
print(getmetatable("abc") == getmetatable("def")) --> true
print(getmetatable(1), getmetatable(nil), getmetatable(true), getmetatable(print), getmetatable({})) --> nil\tnil\tnil\tnil\tnil
print(pcall(getmetatable)) --> false\tbad argument #1 to '?' (value expected)
print(pcall(setmetatable, {})) --> false\tbad argument #2 to '?' (nil or table expected)
print(pcall(setmetatable, {}, 5)) --> false\tbad argument #2 to '?' (nil or table expected)
print(pcall(setmetatable, 5, {})) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(setmetatable, "x", {})) --> false\tbad argument #1 to '?' (table expected, got string)
print(pcall(setmetatable, nil, {})) --> false\tbad argument #1 to '?' (table expected, got nil)
print(pcall(setmetatable)) --> false\tbad argument #1 to '?' (table expected, got no value)
print(pcall(function() setmetatable({}, "x") end)) --> false\tothers.lua:48: bad argument #2 to 'setmetatable' (nil or table expected)
print(pcall(function() setmetatable(1, {}) end)) --> false\tothers.lua:49: bad argument #1 to 'setmetatable' (table expected, got number)
local t = {}
print(setmetatable(t, {}) == t, setmetatable(t, nil) == t) --> true\ttrue
local l = setmetatable({1, 2}, {__len = function() return 99 end})
print(#l) --> 2
local weak = setmetatable({}, {__mode = "k"})
weak[1] = "kept" weak.x = {}
print(weak[1], type(weak.x), getmetatable(weak).__mode) --> kept\ttable\tk
local gc = setmetatable({}, {__gc = function() print("never shown") end})
gc = nil
collectgarbage()
print(collectgarbage("collect"), type(collectgarbage("count"))) --> 0\tnumber
print(("x").upper == string.upper, ("x").nothing, ("abc").len == string.len) --> true\tnil\ttrue
print(("abc"):len(), ("abc").len("four")) --> 3\t4
string.twice = function(s) return s .. s end
print(("ab"):twice()) --> abab
string.twice = nil
print(pcall(function() return ("ab"):twice() end)) --> false\tothers.lua:66: attempt to call method 'twice' (a nil value)
local mixed = setmetatable({}, {__index = function(t, k) return k end, __call = function(self, x) return self[x] end, __tostring = function(self) return self.name end})
print(mixed("key"), tostring(mixed)) --> key\tname
local shared = {}
local p, q = setmetatable({}, shared), setmetatable({}, shared)
shared.__add = function() return "late handler" end
print(p + q) --> late handler
shared.__add = nil
print(pcall(function() return p + q end)) --> false\tothers.lua:74: attempt to perform arithmetic on upvalue 'p' (a table value)
local meta = setmetatable({}, {__index = {__add = function() return "inherited?" end}})
print(pcall(function() return setmetatable({}, meta) + 1 end)) --> false\tothers.lua:76: attempt to perform arithmetic on a table value
local rawmeta = {__index = function() return "from meta" end}
local r = setmetatable({}, rawmeta)
print(r.x, rawget(r, "x"), rawequal(r, r)) --> from meta\tnil\ttrue
print(#setmetatable({1, 2, 3}, {__index = function() return 5 end})) --> 3
for k, v in pairs(setmetatable({a = 1}, {__pairs = function() return function() end end})) do print(k, v) end --> a\t1
for i, v in ipairs(setmetatable({1}, {__ipairs = function() return function() end end})) do print(i, v) end --> 1\t1
print(rawset(setmetatable({}, {__newindex = error}), "k", "v").k) --> v
print(unpack(setmetatable({}, {__index = function(_, i) return i end}), 1, 3)) --> nil\tnil\tnil

-- __index and __newindex: functions, tables, chains, raw access.
local t = setmetatable({present = 1}, {__index = function(self, key) return "missing " .. tostring(key) end})
print(t.present, t.absent, t[1], t[true], t[nil]) --> 1\tmissing absent\tmissing 1\tmissing true\tmissing nil
print(rawget(t, "absent")) --> nil
t.absent = "now"
print(t.absent) --> now
t.absent = nil
print(t.absent) --> missing absent
local base = {greet = function(self) return "hello " .. self.name end, kind = "base"}
local derived = setmetatable({name = "d"}, {__index = base})
print(derived:greet(), derived.kind, derived.none) --> hello d\tbase\tnil
derived.kind = "own"
print(derived.kind, base.kind) --> own\tbase
local level3 = setmetatable({}, {__index = setmetatable({two = 2}, {__index = setmetatable({three = 3}, {__index = function(_, k) return k .. "?" end})})})
print(level3.two, level3.three, level3.four) --> 2\t3\tfour?
local seen
local proxy = setmetatable({}, {__index = function(self, k) seen = self return k end})
print(proxy.x, seen == proxy) --> x\ttrue
local chained = setmetatable({}, {__index = proxy})
print(chained.y, seen == proxy, seen == chained) --> y\ttrue\tfalse
print(setmetatable({}, {__index = string}).format("%d", 5)) --> 5
print(setmetatable({}, {__index = "text"}).len == string.len) --> true
print(setmetatable({}, {__index = "text"}).upper("x")) --> X
print(pcall(function() return setmetatable({}, {__index = 5}).x end)) --> false\tindex.lua:24: attempt to index a number value
print(pcall(function() return setmetatable({}, {__index = true}).x end)) --> false\tindex.lua:25: attempt to index a boolean value
print(pcall(function() return setmetatable({}, {__index = function() error("no field") end}).x end)) --> false\tindex.lua:26: no field
print(pcall(function() return setmetatable({}, {__index = function(_, k) error("no " .. k, 2) end}).x end)) --> false\tindex.lua:27: no x
local multi = setmetatable({}, {__index = function() return 1, 2, 3 end})
print(multi.x, (multi.x), select("#", multi.x)) --> 1\t1\t1
local none = setmetatable({}, {__index = function() end})
print(none.x, select("#", none.x)) --> nil\t1
local log = {}
local w = setmetatable({}, {__newindex = function(self, k, v) log[#log + 1] = tostring(k) .. "=" .. tostring(v) end})
w.a = 1 w[2] = "two" w.a = nil
print(table.concat(log, " "), rawget(w, "a"), next(w)) --> a=1 2=two a=nil\tnil\tnil
rawset(w, "a", "raw")
w.a = "direct"
print(w.a, #log) --> direct\t3
w.a = nil
w.a = "again"
print(w.a, #log) --> nil\t4
local store = {}
local redirect = setmetatable({}, {__newindex = store, __index = store})
redirect.x = 10
print(rawget(redirect, "x"), store.x, redirect.x) --> nil\t10\t10
local chain2 = setmetatable({}, {__newindex = setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = "second " .. k end})})
chain2.z = 1
print(log[#log]) --> second z
print(pcall(function() setmetatable({}, {__newindex = 5}).x = 1 end)) --> false\tindex.lua:49: attempt to index a number value
print(pcall(function() setmetatable({}, {__newindex = function() error("read only") end}).x = 1 end)) --> false\tindex.lua:50: read only
print(pcall(function() setmetatable({}, {__newindex = function(_, k) error("read only " .. k, 2) end}).x = 1 end)) --> false\tindex.lua:51: read only x
local nilkey = setmetatable({}, {__newindex = function(_, k, v) print("newindex", k, v) end})
nilkey[0/0 ~= 0/0] = "true key" --> newindex\ttrue\ttrue key
print(pcall(function() nilkey[nil] = "nil key" end)) --> false\tindex.lua:54: table index is nil
print(pcall(function() nilkey[0/0] = "nan key" end)) --> false\tindex.lua:55: table index is NaN
print(pcall(function() setmetatable({}, {__index = {}})[nil] = 1 end)) --> false\tindex.lua:56: table index is nil
local defaults = setmetatable({}, {__index = function(t, k) local v = {} rawset(t, k, v) return v end})
defaults.list[1] = "auto"
print(defaults.list[1], #defaults.list) --> auto\t1
local counts = setmetatable({}, {__index = function() return 0 end})
for c in ("hello"):gmatch(".") do counts[c] = counts[c] + 1 end
print(counts.l, counts.h, counts.z) --> 2\t1\t0
local ro = setmetatable({}, {__index = {x = 1}, __newindex = function() error("read-only table", 2) end})
print(ro.x, pcall(function() ro.x = 2 end)) --> 1\tfalse\tindex.lua:64: read-only table
local arr = setmetatable({1, 2, 3}, {__index = function(_, i) return "out " .. i end})
print(arr[1], arr[3], arr[4], arr[0], #arr) --> 1\t3\tout 4\tout 0\t3
for i, v in ipairs(setmetatable({1}, {__index = function(_, i) if i < 4 then return i end end})) do print(i, v) end --> 1\t1
print(next(setmetatable({}, {__index = {a = 1}}))) --> nil
local Account = {}
Account.__index = Account
function Account.new(b) return setmetatable({balance = b}, Account) end
function Account:deposit(v) self.balance = self.balance + v return self end
function Account:get() return self.balance end
local acc = Account.new(10)
print(acc:deposit(5):deposit(1):get(), acc.deposit == Account.deposit, rawget(acc, "deposit")) --> 16\ttrue\tnil
local Special = setmetatable({}, {__index = Account})
Special.__index = Special
function Special.new(b) local o = Account.new(b) return setmetatable(o, Special) end
function Special:get() return "special " .. Account.get(self) end
print(Special.new(7):deposit(1):get()) --> special 8
print(getmetatable(acc) == Account, getmetatable(Special.new(1)) == Special, getmetatable({})) --> true\ttrue\tnil
local g = setmetatable({}, {__index = _G})
print(g.print == print, g.undefined_name) --> true\tnil
setmetatable(_G, {__index = function(_, name) return "global " .. name .. "?" end, __newindex = function(t, k, v) rawset(t, k, v .. "!") end})
print(nonexistent) --> global nonexistent?
created = "made"
print(created) --> made!
setmetatable(_G, nil)
print(nonexistent, created) --> nil\tmade!
local self_index = {}
self_index.__index = self_index
setmetatable(self_index, {__index = {fallback = "fb"}})
print(setmetatable({}, self_index).fallback) --> fb
local swap = setmetatable({}, {__index = {v = "first"}})
print(swap.v) --> first
getmetatable(swap).__index = {v = "second"}
print(swap.v) --> second
getmetatable(swap).__index = nil
print(swap.v) --> nil
setmetatable(swap, nil)
print(getmetatable(swap)) --> nil
local callcount = 0
local cached = setmetatable({}, {__index = function(t, k) callcount = callcount + 1 t[k] = k * 2 return t[k] end})
print(cached[4], cached[4], cached[5], callcount) --> 8\t8\t10\t2
local numeric = setmetatable({}, {__index = function(_, k) return type(k) end})
print(numeric[1], numeric["1"], numeric[1.5], numeric[print], numeric[{}]) --> number\tstring\tnumber\tfunction\ttable

-- Class habits: inheritance, super, mixins, accessors, events, caches, queues.
local function class(parent)
  local c = {}
  c.__index = c
  c.super = parent
  return setmetatable(c, {__index = parent, __call = function(cls, ...) local o = setmetatable({}, cls) if cls.init then cls.init(o, ...) end return o end})
end
local Animal = class()
function Animal:init(name, sound) self.name, self.sound = name, sound or "..." end
function Animal:speak() return self.name .. " says " .. self.sound end
function Animal:kind() return "animal" end
local Dog = class(Animal)
function Dog:init(name) Dog.super.init(self, name, "woof") self.tricks = {} end
function Dog:learn(t) table.insert(self.tricks, t) return self end
function Dog:kind() return "dog, an " .. Dog.super.kind(self) end
local Puppy = class(Dog)
function Puppy:speak() return Puppy.super.speak(self):upper() end
local a, d, p = Animal("cat"), Dog("rex"), Puppy("bit")
print(a:speak(), d:speak(), p:speak()) --> cat says ...\trex says woof\tBIT SAYS WOOF
print(a:kind(), d:kind(), p:kind()) --> animal\tdog, an animal\tdog, an animal
print(#d:learn("sit"):learn("roll").tricks, table.concat(d.tricks, ","), #p.tricks) --> 2\tsit,roll\t0
local function is_a(o, c) local m = getmetatable(o) while m do if m == c then return true end m = m.super end return false end
print(is_a(p, Puppy), is_a(p, Dog), is_a(p, Animal), is_a(a, Dog), is_a(d, Puppy)) --> true\ttrue\ttrue\tfalse\tfalse
print(pcall(function() a:learn("x") end)) --> false\tclasses.lua:24: attempt to call method 'learn' (a nil value)
print(pcall(function() return a.missing.field end)) --> false\tclasses.lua:25: attempt to index field 'missing' (a nil value)
local Stack = class()
function Stack:init() self.items, self.n = {}, 0 end
function Stack:push(...) for i = 1, select("#", ...) do self.n = self.n + 1 self.items[self.n] = (select(i, ...)) end return self end
function Stack:pop() if self.n == 0 then return nil, "empty" end local v = self.items[self.n] self.items[self.n] = nil self.n = self.n - 1 return v end
local s = Stack():push(1, 2, 3)
print(s:pop(), s:pop(), s:pop()) --> 3\t2\t1
print(s:pop()) --> nil\tempty
local Queue = class()
function Queue:init() self.first, self.last = 1, 0 end
function Queue:put(v) self.last = self.last + 1 self[self.last] = v end
function Queue:get() if self.first > self.last then return nil end local v = self[self.first] self[self.first] = nil self.first = self.first + 1 return v end
local q = Queue()
for i = 1, 5 do q:put(i * i) end
print(q:get(), q:get(), q.last - q.first + 1) --> 1\t4\t3
q:put("late")
print(q:get(), q:get(), q:get(), q:get(), q:get()) --> 9\t16\t25\tlate\tnil
local LRU = class()
function LRU:init(cap) self.cap, self.map, self.size = cap, {}, 0 self.head = {} self.tail = {prev = self.head} self.head.next = self.tail end
function LRU:_unlink(n) n.prev.next, n.next.prev = n.next, n.prev end
function LRU:_front(n) n.next, n.prev = self.head.next, self.head self.head.next.prev = n self.head.next = n end
function LRU:get(k) local n = self.map[k] if not n then return nil end self:_unlink(n) self:_front(n) return n.value end
function LRU:set(k, v)
  local n = self.map[k]
  if n then n.value = v self:_unlink(n) self:_front(n) return end
  if self.size == self.cap then local old = self.tail.prev self:_unlink(old) self.map[old.key] = nil self.size = self.size - 1 end
  n = {key = k, value = v} self.map[k] = n self:_front(n) self.size = self.size + 1
end
function LRU:keys() local r, n = {}, self.head.next while n ~= self.tail do r[#r + 1] = n.key n = n.next end return table.concat(r, " ") end
local lru = LRU(3)
for _, k in ipairs {"a", "b", "c"} do lru:set(k, k:upper()) end
print(lru:get("a"), lru:keys()) --> A\ta c b
lru:set("d", "D")
print(lru:get("b"), lru:get("c"), lru:keys(), lru.size) --> nil\tC\tc d a\t3
lru:set("a", "again")
print(lru:keys(), lru:get("a")) --> a c d\tagain
local Emitter = class()
function Emitter:init() self.handlers = {} end
function Emitter:on(e, f) local l = self.handlers[e] or {} self.handlers[e] = l l[#l + 1] = f return function() for i, h in ipairs(l) do if h == f then table.remove(l, i) return true end end return false end end
function Emitter:emit(e, ...) local n = 0 for _, f in ipairs(self.handlers[e] or {}) do f(...) n = n + 1 end return n end
local em, seen = Emitter(), {}
local off = em:on("x", function(v) seen[#seen + 1] = "1:" .. v end)
em:on("x", function(v, w) seen[#seen + 1] = "2:" .. tostring(w) end)
print(em:emit("x", "a", "b"), em:emit("none"), table.concat(seen, " ")) --> 2\t0\t1:a 2:b
print(off(), off(), em:emit("x", "c"), table.concat(seen, " ")) --> true\tfalse\t1\t1:a 2:b 2:nil
local function property(t, getters, setters) return setmetatable(t, {__index = function(s, k) local g = getters[k] if g then return g(s) end end, __newindex = function(s, k, v) local f = setters[k] if not f then error("no property '" .. tostring(k) .. "'", 2) end f(s, v) end}) end
local temp = property({_c = 20}, {f = function(s) return s._c * 9 / 5 + 32 end, c = function(s) return s._c end}, {c = function(s, v) s._c = v end})
print(temp.c, temp.f, temp.nothing) --> 20\t68\tnil
temp.c = 100
print(temp.f, pcall(function() temp.k = 5 end)) --> 212\tfalse\tclasses.lua:74: no property 'k'
local function readonly(t) return setmetatable({}, {__index = t, __newindex = function(_, k) error("attempt to modify read-only field '" .. tostring(k) .. "'", 2) end, __metatable = false}) end
local cfg = readonly({port = 80, tls = false})
print(cfg.port, cfg.tls, cfg.none, getmetatable(cfg), pcall(function() cfg.port = 81 end)) --> 80\tfalse\tnil\tfalse\tfalse\tclasses.lua:77: attempt to modify read-only field 'port'
local function mixin(target, ...) for _, m in ipairs({...}) do for k, v in pairs(m) do target[k] = v end end return target end
local Comparable = {__lt = function(x, y) return x:compare(y) < 0 end, __le = function(x, y) return x:compare(y) <= 0 end, __eq = function(x, y) return x:compare(y) == 0 end}
local Version = mixin(class(), Comparable)
function Version:init(s) self.major, self.minor = s:match("(%d+)%.(%d+)") self.major, self.minor = tonumber(self.major), tonumber(self.minor) end
function Version:compare(o) if self.major ~= o.major then return self.major - o.major end return self.minor - o.minor end
print(Version("1.2") < Version("1.10"), Version("2.0") <= Version("1.9"), Version("3.3") == Version("3.3"), Version("1.0") ~= Version("1.1"), Version("2.0") > Version("1.9")) --> true\tfalse\ttrue\ttrue\ttrue
local Set = class()
function Set:init(list) self.items = {} for _, v in ipairs(list or {}) do self.items[v] = true end end
Set.__add = function(x, y) local r = Set() for k in pairs(x.items) do r.items[k] = true end for k in pairs(y.items) do r.items[k] = true end return r end
Set.__mul = function(x, y) local r = Set() for k in pairs(x.items) do if y.items[k] then r.items[k] = true end end return r end
Set.__sub = function(x, y) local r = Set() for k in pairs(x.items) do if not y.items[k] then r.items[k] = true end end return r end
Set.__tostring = function(x) local l = {} for k in pairs(x.items) do l[#l + 1] = tostring(k) end table.sort(l) return "{" .. table.concat(l, ", ") .. "}" end
local s1, s2 = Set {1, 2, 3}, Set {2, 3, 4}
print(tostring(s1 + s2), tostring(s1 * s2), tostring(s1 - s2), tostring(s2 - s1 + Set {"x"})) --> {1, 2, 3, 4}\t{2, 3}\t{1}\t{4, x}
local Logger = class()
function Logger:init(level) self.level, self.lines = level, {} end
for i, name in ipairs {"debug", "info", "warn"} do Logger[name] = function(self, fmt, ...) if i >= self.level then self.lines[#self.lines + 1] = ("[%s] " .. fmt):format(name:upper(), ...) end end end
local log = Logger(2)
log:debug("hidden %d", 1) log:info("shown %s", "x") log:warn("%d%% of %s", 50, "all")
print(table.concat(log.lines, "; ")) --> [INFO] shown x; [WARN] 50% of all
local function sorted_pairs(t, f) local keys = {} for k in pairs(t) do keys[#keys + 1] = k end table.sort(keys, f) local i = 0 return function() i = i + 1 if keys[i] ~= nil then return keys[i], t[keys[i]] end end end
for k, v in sorted_pairs({b = 2, a = 1, c = 3}) do print(k, v) end --> a\t1
--> b\t2
--> c\t3
for k, v in sorted_pairs({10, 20, 30}, function(x, y) return x > y end) do print(k, v) end --> 3\t30
--> 2\t20
--> 1\t10
local Pipeline = {} Pipeline.__index = Pipeline
function Pipeline.of(t) return setmetatable({t = t}, Pipeline) end
function Pipeline:map(f) local r = {} for i, v in ipairs(self.t) do r[i] = f(v) end return Pipeline.of(r) end
function Pipeline:filter(f) local r = {} for _, v in ipairs(self.t) do if f(v) then r[#r + 1] = v end end return Pipeline.of(r) end
function Pipeline:reduce(f, acc) for _, v in ipairs(self.t) do acc = f(acc, v) end return acc end
print(Pipeline.of({1, 2, 3, 4, 5, 6}):filter(function(x) return x % 2 == 0 end):map(function(x) return x * x end):reduce(function(x, y) return x + y end, 0)) --> 56
local function deepcopy(o, seen) seen = seen or {} if type(o) ~= "table" then return o end if seen[o] then return seen[o] end local r = {} seen[o] = r for k, v in next, o do r[deepcopy(k, seen)] = deepcopy(v, seen) end return setmetatable(r, getmetatable(o)) end
local orig = {1, {2, {3}}, x = {y = "z"}} orig.self = orig
local copy = deepcopy(orig)
print(copy[2][2][1], copy.x.y, copy.self == copy, copy.x ~= orig.x) --> 3\tz\ttrue\ttrue
local function equal(x, y) if x == y then return true end if type(x) ~= "table" or type(y) ~= "table" then return false end for k, v in pairs(x) do if not equal(v, y[k]) then return false end end for k in pairs(y) do if x[k] == nil then return false end end return true end
print(equal({1, {2}, a = {b = 1}}, {1, {2}, a = {b = 1}}), equal({1}, {1, 2}), equal({a = 1}, {a = "1"})) --> true\tfalse\tfalse
local function dump(v, indent) indent = indent or "" if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end local out = {} for k, x in sorted_pairs(v, function(a1, b1) return tostring(a1) < tostring(b1) end) do out[#out + 1] = indent .. "  " .. tostring(k) .. " = " .. dump(x, indent .. "  ") end return "{\n" .. table.concat(out, ",\n") .. "\n" .. indent .. "}" end
print(dump({1, "two", {three = 3, t = true}, name = "n\"q"})) --> {
-->   1 = 1,
-->   2 = "two",
-->   3 = {
-->     t = true,
-->     three = 3
-->   },
-->   name = "n\\"q"
--> }

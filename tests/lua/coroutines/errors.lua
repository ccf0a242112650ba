-- What is refused, in which words, and where errors come out.
print(pcall(coroutine.create)) --> false\tbad argument #1 to '?' (Lua function expected)
print(pcall(coroutine.create, print)) --> false\tbad argument #1 to '?' (Lua function expected)
print(pcall(coroutine.create, {})) --> false\tbad argument #1 to '?' (Lua function expected)
print(pcall(function() coroutine.create(1) end)) --> false\terrors.lua:5: bad argument #1 to 'create' (Lua function expected)
print(pcall(function() coroutine.wrap("x") end)) --> false\terrors.lua:6: bad argument #1 to 'wrap' (Lua function expected)
print(pcall(coroutine.resume)) --> false\tbad argument #1 to '?' (coroutine expected)
print(pcall(coroutine.resume, 1)) --> false\tbad argument #1 to '?' (coroutine expected)
print(pcall(function() return coroutine.resume({}) end)) --> false\terrors.lua:9: bad argument #1 to 'resume' (coroutine expected)
print(pcall(function() return coroutine.status(nil) end)) --> false\terrors.lua:10: bad argument #1 to 'status' (coroutine expected)
print(pcall(coroutine.status)) --> false\tbad argument #1 to '?' (coroutine expected)
print(pcall(coroutine.yield, 1)) --> false\tattempt to yield across metamethod/C-call boundary
print(pcall(function() coroutine.yield() end)) --> false\tattempt to yield across metamethod/C-call boundary

-- errors kill the coroutine and are resume's results
local co = coroutine.create(function() error("message") end)
print(coroutine.resume(co)) --> false\terrors.lua:16: message
print(coroutine.status(co), coroutine.resume(co)) --> dead\tfalse\tcannot resume dead coroutine
print(coroutine.resume(coroutine.create(function() error("no position", 0) end))) --> false\tno position
print(coroutine.resume(coroutine.create(function() error("the body has no caller", 2) end))) --> false\tthe body has no caller
print(coroutine.resume(coroutine.create(function() local function f() error("the caller's", 2) end f() end))) --> false\terrors.lua:21: the caller's
print(coroutine.resume(coroutine.create(function() local function f() error("nobody's", 3) end f() end))) --> false\tnobody's
print(coroutine.resume(coroutine.create(function() local function f() coroutine.yield() error("later", 2) end f() f() end))) --> true
local late = coroutine.create(function()
  local function f() coroutine.yield() error("later", 2) end
  local function g()
    f()
  end
  g()
end)
print(coroutine.resume(late)) print(coroutine.resume(late)) --> true
--> false\terrors.lua:27: later
print(coroutine.resume(coroutine.create(function() error() end))) --> false\tnil
print(select(2, coroutine.resume(coroutine.create(function() error({code = 7}) end))).code) --> 7
print(coroutine.resume(coroutine.create(function() local x; x() end))) --> false\terrors.lua:35: attempt to call local 'x' (a nil value)
print(coroutine.resume(coroutine.create(function() local x = {}; x.y.z = 1 end))) --> false\terrors.lua:36: attempt to index field 'y' (a nil value)
print(coroutine.resume(coroutine.create(function() undefined.field() end))) --> false\terrors.lua:37: attempt to index global 'undefined' (a nil value)
print(coroutine.resume(coroutine.create(function() return nil + 1 end))) --> false\terrors.lua:38: attempt to perform arithmetic on a nil value
print(coroutine.resume(coroutine.create(function() ("x"):rep({}) end))) --> false\terrors.lua:39: bad argument #1 to 'rep' (number expected, got table)
print(coroutine.resume(coroutine.create(function() string.rep() end))) --> false\terrors.lua:40: bad argument #1 to 'rep' (string expected, got no value)
print(coroutine.resume(coroutine.create(function() setmetatable(1, 2) end))) --> false\terrors.lua:41: bad argument #1 to 'setmetatable' (table expected, got number)
print(coroutine.resume(coroutine.create(function() assert(false) end))) --> false\terrors.lua:42: assertion failed!
print(coroutine.resume(coroutine.create(function() assert(nil, "asserted") end))) --> false\terrors.lua:43: asserted
print(coroutine.resume(coroutine.create(function() for i = 1, "x" do end end))) --> false\terrors.lua:44: 'for' limit must be a number
print(coroutine.resume(coroutine.create(function() for x in 5 do end end))) --> false\terrors.lua:45: attempt to call a number value

-- wrap passes them on, with the caller's position before a message
print(pcall(coroutine.wrap(function() error("direct") end))) --> false\terrors.lua:48: direct
print(pcall(function() coroutine.wrap(function() error("called") end)() end)) --> false\terrors.lua:49: errors.lua:49: called
print(pcall(function() local f = coroutine.wrap(function() error(5) end) f() end)) --> false\terrors.lua:50: errors.lua:50: 5
print(pcall(function() local f = coroutine.wrap(function() error(true) end) f() end)) --> false\ttrue
local object = {} print(select(2, pcall(function() coroutine.wrap(function() error(object) end)() end)) == object) --> true
local ended = coroutine.wrap(function() return "end" end)
print(ended()) --> end
print(pcall(ended)) --> false\tcannot resume dead coroutine
print(pcall(function() ended() end)) --> false\terrors.lua:56: cannot resume dead coroutine
print(pcall(function() for x in coroutine.wrap(function() coroutine.yield(1) error("in a loop") end) do print(x) end end)) --> 1
--> false\terrors.lua:57: errors.lua:57: in a loop
local nested = coroutine.wrap(function() coroutine.wrap(function() error("inner") end)() end)
print(pcall(function() nested() end)) --> false\terrors.lua:60: errors.lua:59: errors.lua:59: inner
local itself
itself = coroutine.wrap(function() itself() end)
print(pcall(function() itself() end)) --> false\terrors.lua:63: errors.lua:62: cannot resume running coroutine

-- no yield across metamethods and library functions
local function resumed(f, ...) return coroutine.resume(coroutine.create(f), ...) end
local meta = setmetatable({}, {
  __index = function(t, k) return coroutine.yield(k) end,
  __newindex = function(t, k, v) coroutine.yield(k) end,
  __add = function(a, b) return coroutine.yield(a) end,
  __concat = function(a, b) return coroutine.yield(a) end,
  __lt = function(a, b) return coroutine.yield(a) end,
  __unm = function(a) return coroutine.yield(a) end,
  __tostring = function() coroutine.yield() return "x" end,
})
print(resumed(function() return meta.x end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() meta.x = 1 end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return meta + 1 end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return 1 .. meta end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return meta < meta end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return -meta end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return tostring(meta) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return (("x"):gsub("x", function() coroutine.yield() end)) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() return ("x"):gsub("x", coroutine.yield) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() table.sort({3, 2, 1}, coroutine.yield) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() table.foreach({1}, function() coroutine.yield() end) end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() for x in function() coroutine.yield() end do end end)) --> false\tattempt to yield across metamethod/C-call boundary
print(resumed(function() for x in coroutine.yield do end end)) --> false\tattempt to yield across metamethod/C-call boundary
-- but across __call, which is a call like any other
local callable = setmetatable({}, {__call = function(self, a, b) return self == nil, coroutine.yield(a, b) end})
local through = coroutine.wrap(function() return callable(1, 2) end)
print(through()) print(through("back", "again")) --> 1\t2
--> false\tback\tagain

-- error, assert, pcall, xpcall: values, levels, nesting, rethrow.
print(pcall(error)) --> false\tnil
print(pcall(error, nil)) --> false\tnil
print(pcall(error, "message")) --> false\tmessage
print(pcall(error, "message", 0)) --> false\tmessage
print(pcall(error, "message", 1)) --> false\tmessage
print(pcall(error, "message", 2)) --> false\terror_function.lua:7: message
print(pcall(error, 42)) --> false\t42
print(pcall(error, true)) --> false\ttrue
print(pcall(error, false)) --> false\tfalse
print(select("#", pcall(error)), select("#", pcall(error, 1, 2))) --> 2\t2
local object = {code = 7}
local ok, e = pcall(error, object)
print(ok, e == object, e.code) --> false\ttrue\t7
ok, e = pcall(error, print)
print(e == print) --> true
ok, e = pcall(error, setmetatable({}, {__tostring = function() return "object text" end}))
print(ok, tostring(e)) --> false\tobject text
local function thrower(level) error("at level " .. tostring(level), level) end
local function caller(level) thrower(level) end
local function outer(level)
  caller(level)
end
print(pcall(outer, 0)) --> false\tat level 0
print(pcall(outer, 1)) --> false\terror_function.lua:19: at level 1
print(pcall(outer, 2)) --> false\terror_function.lua:20: at level 2
print(pcall(outer, 3)) --> false\terror_function.lua:22: at level 3
print(pcall(outer, nil)) --> false\terror_function.lua:19: at level nil
print(pcall(outer, "2")) --> false\terror_function.lua:20: at level 2
print(pcall(outer, 1.9)) --> false\terror_function.lua:19: at level 1.9
print(pcall(outer, -1) == false) --> true
print(pcall(outer, {})) --> false\terror_function.lua:19: bad argument #2 to 'error' (number expected, got table)
print(pcall(outer, "x")) --> false\terror_function.lua:19: bad argument #2 to 'error' (number expected, got string)
print(pcall(error, 5, 1), pcall(error, {}, 2) == false) --> false\ttrue
local function number_error() error(404) end
print(pcall(number_error)) --> false\terror_function.lua:35: 404
print(type(select(2, pcall(number_error)))) --> string
local function number_level() error(404, 2) end
print(pcall(number_level)) --> false\t404
local function string_number() error("404") end
print(pcall(string_number)) --> false\terror_function.lua:40: 404
print(pcall(function() error() end)) --> false\tnil
print(pcall(function() error(nil, 2) end)) --> false\tnil
print(pcall(function() error("") end)) --> false\terror_function.lua:44:\x20
print(pcall(function() error("with\nnewline") end)) --> false\terror_function.lua:45: with
--> newline
print(pcall(function() error("a\0b") end) == false) --> true
print(assert(1), assert("x", "unused"), assert(1, 2, 3)) --> 1\tx\t1\t2\t3
print(select("#", assert(1, nil, nil)), assert(0), assert("")) --> 3\t0\t
print(pcall(assert, false)) --> false\tassertion failed!
print(pcall(assert, nil)) --> false\tassertion failed!
print(pcall(assert, false, "custom")) --> false\tcustom
print(pcall(assert, nil, 5)) --> false\t5
print(pcall(assert, false, nil)) --> false\tassertion failed!
ok, e = pcall(assert, false, {1})
print(ok, type(e)) --> false\tstring
print(pcall(assert)) --> false\tbad argument #1 to '?' (value expected)
print(pcall(assert, 1 == 2, "math works")) --> false\tmath works
print(pcall(function() assert(false, "no position added") end)) --> false\terror_function.lua:59: no position added
print(pcall(function() local v = assert(tonumber("x"), "not a number") end)) --> false\terror_function.lua:60: not a number
print(pcall(function() assert(pcall(error, "inner")) end)) --> false\terror_function.lua:61: inner
print(pcall(function() return 1, 2, 3 end)) --> true\t1\t2\t3
print(pcall(function(...) return ... end, nil, nil)) --> true\tnil\tnil
print(pcall(pcall, error)) --> true\tfalse\tnil
print(pcall(pcall, error, "deep")) --> true\tfalse\tdeep
print(pcall(pcall, pcall, error, "deeper")) --> true\ttrue\tfalse\tdeeper
print(pcall(function() pcall(error, "swallowed") return "fine" end)) --> true\tfine
print(pcall(function() local ok, m = pcall(error, "inner", 0) error("outer: " .. m, 0) end)) --> false\touter: inner
print(pcall(function() local ok, m = pcall(error, {n = 1}) m.n = m.n + 1 error(m) end) == false) --> true
local function rethrow(f) local ok, m = pcall(f) if not ok then error(m, 0) end end
print(pcall(rethrow, function() error("original place") end)) --> false\terror_function.lua:71: original place
local function wrap(f) local ok, m = pcall(f) if not ok then error("wrapped(" .. m .. ")") end end
print(pcall(wrap, function() error("x") end)) --> false\terror_function.lua:72: wrapped(error_function.lua:73: x)
print(pcall(wrap, function() wrap(function() error("y") end) end)) --> false\terror_function.lua:72: wrapped(error_function.lua:72: wrapped(error_function.lua:74: y))
print(xpcall(function() error("boom") end, function(m) return "handled: " .. m end)) --> false\thandled: error_function.lua:75: boom
print(xpcall(function() error({code = 5}) end, function(m) return m.code end)) --> false\t5
print(xpcall(function() error() end, function(m) return "nil: " .. tostring(m) end)) --> false\tnil: nil
print(xpcall(function() return 1, 2 end, function() return "unused" end)) --> true\t1\t2
print(xpcall(function() local x = nil; x() end, function(m) return m end)) --> false\terror_function.lua:79: attempt to call local 'x' (a nil value)
print(xpcall(function() error("a") end, function(m) return m, "second dropped" end)) --> false\terror_function.lua:80: a
print(xpcall(function() error("a") end, function() end)) --> false\tnil
print(select("#", xpcall(function() error("a") end, function() return 1, 2 end))) --> 2
print(xpcall(error, function(m) return type(m) end)) --> false\tnil
print(xpcall(function(...) return select("#", ...) end, print, 1, 2)) --> true\t0
print(xpcall(function() error("in f") end, function(m) error("in handler") end)) --> false\terror in error handling
print(xpcall(function() error("in f") end, 5)) --> false\terror in error handling
print(xpcall(function() error("in f") end, nil)) --> false\terror in error handling
print(xpcall(5, function(m) return "h: " .. m end)) --> false\th: attempt to call a number value
print(xpcall(nil, function(m) return "h: " .. m end)) --> false\th: attempt to call a nil value
print(pcall(xpcall)) --> false\tbad argument #2 to '?' (value expected)
print(pcall(xpcall, print)) --> false\tbad argument #2 to '?' (value expected)
print(pcall(xpcall, function() error("handled anyway") end, function(m) return m:upper() end)) --> true\tfalse\tERROR_FUNCTION.LUA:92: HANDLED ANYWAY
local depth = {}
print(xpcall(function() xpcall(function() error("innermost") end, function(m) depth[1] = m return "inner" end) error("second") end, function(m) depth[2] = m return "outer" end)) --> false\touter
print(depth[1], depth[2]) --> error_function.lua:94: innermost\terror_function.lua:94: second
local level = 0
print(xpcall(function() error("e") end, function(m) level = level + 1 return level end)) --> false\t1
print(pcall(function() local t = setmetatable({}, {__index = function(t, k) error("no field " .. k, 2) end}) return t.abc end)) --> false\terror_function.lua:98: no field abc
print(pcall(function() local t = setmetatable({}, {__add = function() error("no add") end}) return t + 1 end)) --> false\terror_function.lua:99: no add
print(pcall(string.rep)) print(pcall(string.rep, "x", -1)) print(pcall(("x").rep, "x", 2)) --> false\tbad argument #1 to '?' (string expected, got no value)
--> true\t
--> true\txx
print(pcall(setmetatable({}, {__call = function(self, a) error("called with " .. a, 0) end}), "arg")) --> false\tcalled with arg
print(pcall(table.sort, {3, 2, 1}, function(a, b) error("cmp") end)) --> false\terror_function.lua:104: cmp
print(pcall(string.gsub, "abc", "%w", function(c) error("at " .. c, 0) end)) --> false\tat a
print(pcall(function() for i = 1, 3 do if i == 2 then error("iteration " .. i) end end end)) --> false\terror_function.lua:106: iteration 2
local Err = {} Err.__index = Err Err.__tostring = function(s) return "Err: " .. s.msg end
local function throw(msg) error(setmetatable({msg = msg}, Err)) end
ok, e = pcall(throw, "custom")
print(ok, tostring(e), getmetatable(e) == Err, e.msg) --> false\tErr: custom\ttrue\tcustom
local function try(f, catch, finally) local r = {pcall(f)} if not r[1] then catch(r[2]) end if finally then finally() end return unpack(r, 2) end
print(try(function() return "fine", 2 end, print, function() print("finally") end)) --> finally
--> fine\t2
try(function() throw("caught") end, function(x) print("catch", tostring(x)) end, function() print("finally") end) --> catch\tErr: caught
--> finally
local results = {}
for i = 1, 5 do local ok, m = pcall(function() if i % 2 == 0 then error("even " .. i, 0) end return "odd " .. i end) results[#results + 1] = m end
print(table.concat(results, ", ")) --> odd 1, even 2, odd 3, even 4, odd 5
local function count_errors(n) local c = 0 for i = 1, n do if not pcall(error) then c = c + 1 end end return c end
print(count_errors(100)) --> 100
local function recurse(n) if n == 0 then error("bottom") end recurse(n - 1) end
print(pcall(recurse, 50)) --> false\terror_function.lua:121: bottom
local ok2, m2 = pcall(function() local function inf() return 1 + inf() end return inf() end)
print(ok2, m2:match("stack overflow") ) --> false\tstack overflow
print(select(2, pcall(error, "tail", 2))) --> error_function.lua:125: tail
local validate = function(x) if type(x) ~= "number" then error("expected number, got " .. type(x), 2) end return x end
print(pcall(function() --> false\terror_function.lua:129: expected number, got string
  validate(1)
  validate("x")
end))
print(pcall(function() local x = validate(nil) return x end)) --> false\terror_function.lua:131: expected number, got nil

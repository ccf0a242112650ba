-- The name and kind of the culprit in run-time errors: local, global, upvalue, field, method, constant.
local function try(f, ...) print(select(2, pcall(f, ...))) end
local up, upt, upn, ups = nil, {}, 5, "s"
try(function() local a = nil; return a.x end) --> positions.lua:4: attempt to index local 'a' (a nil value)
try(function() return up.x end) --> positions.lua:5: attempt to index upvalue 'up' (a nil value)
try(function() return glob.x end) --> positions.lua:6: attempt to index global 'glob' (a nil value)
try(function() return upt.x.y end) --> positions.lua:7: attempt to index field 'x' (a nil value)
try(function() return upt[1].y end) --> positions.lua:8: attempt to index field '?' (a nil value)
try(function() return upt["a b"].y end) --> positions.lua:9: attempt to index field 'a b' (a nil value)
try(function() local k = "key" return upt[k].y end) --> positions.lua:10: attempt to index field '?' (a nil value)
try(function() return upt.a.b.c.d end) --> positions.lua:11: attempt to index field 'a' (a nil value)
try(function() return ("x").y.z end) --> positions.lua:12: attempt to index field 'y' (a nil value)
try(function() return (nil).x end) --> positions.lua:13: attempt to index a nil value
try(function() return (true).x end) --> positions.lua:14: attempt to index a boolean value
try(function() return (1).x end) --> positions.lua:15: attempt to index a number value
try(function() return upn.x end) --> positions.lua:16: attempt to index upvalue 'upn' (a number value)
try(function() return upn[1] end) --> positions.lua:17: attempt to index upvalue 'upn' (a number value)
try(function() return print.x end) --> positions.lua:18: attempt to index global 'print' (a function value)
try(function(a) return a.b end) --> positions.lua:19: attempt to index local 'a' (a nil value)
try(function(a) return a.b end, 5) --> positions.lua:20: attempt to index local 'a' (a number value)
try(function(...) return (...).x end) --> positions.lua:21: attempt to index a nil value
try(function() local t = {} return t.x.y end) --> positions.lua:22: attempt to index field 'x' (a nil value)
try(function() local t = {} t.x.y = 1 end) --> positions.lua:23: attempt to index field 'x' (a nil value)
try(function() local t = {} t[1][2] = 1 end) --> positions.lua:24: attempt to index field '?' (a nil value)
try(function() up.x = 1 end) --> positions.lua:25: attempt to index upvalue 'up' (a nil value)
try(function() glob.x = 1 end) --> positions.lua:26: attempt to index global 'glob' (a nil value)
try(function() glob.x.y = 1 end) --> positions.lua:27: attempt to index global 'glob' (a nil value)
try(function() local a a.b.c = 1 end) --> positions.lua:28: attempt to index local 'a' (a nil value)
try(function() return up() end) --> positions.lua:29: attempt to call upvalue 'up' (a nil value)
try(function() return glob() end) --> positions.lua:30: attempt to call global 'glob' (a nil value)
try(function() return upt.f() end) --> positions.lua:31: attempt to call field 'f' (a nil value)
try(function() return upt:m() end) --> positions.lua:32: attempt to call method 'm' (a nil value)
try(function() return upt.a.b() end) --> positions.lua:33: attempt to index field 'a' (a nil value)
try(function() return upt[1]() end) --> positions.lua:34: attempt to call field '?' (a nil value)
try(function() local f f() end) --> positions.lua:35: attempt to call local 'f' (a nil value)
try(function() local f = 5 f() end) --> positions.lua:36: attempt to call local 'f' (a number value)
try(function() (function() return 1 end)()() end) --> positions.lua:37: attempt to call a number value
try(function() return ("x")() end) --> positions.lua:38: attempt to call a string value
try(function() return ups:nomethod() end) --> positions.lua:39: attempt to call method 'nomethod' (a nil value)
try(function() return upn:method() end) --> positions.lua:40: attempt to index upvalue 'upn' (a number value)
try(function() return up:method() end) --> positions.lua:41: attempt to index upvalue 'up' (a nil value)
try(function() return glob:method() end) --> positions.lua:42: attempt to index global 'glob' (a nil value)
try(function() local o = {} o:m() end) --> positions.lua:43: attempt to call method 'm' (a nil value)
try(function() local o = {m = 5} o:m() end) --> positions.lua:44: attempt to call method 'm' (a number value)
try(function() upt.x:m() end) --> positions.lua:45: attempt to index field 'x' (a nil value)
try(function() return up + 1 end) --> positions.lua:46: attempt to perform arithmetic on upvalue 'up' (a nil value)
try(function() return 1 + up end) --> positions.lua:47: attempt to perform arithmetic on upvalue 'up' (a nil value)
try(function() return glob + 1 end) --> positions.lua:48: attempt to perform arithmetic on global 'glob' (a nil value)
try(function() return upt.x + 1 end) --> positions.lua:49: attempt to perform arithmetic on field 'x' (a nil value)
try(function() return 1 - upt.x end) --> positions.lua:50: attempt to perform arithmetic on field 'x' (a nil value)
try(function() return upt.x * upt.y end) --> positions.lua:51: attempt to perform arithmetic on field 'x' (a nil value)
try(function() return upt[1] / 2 end) --> positions.lua:52: attempt to perform arithmetic on field '?' (a nil value)
try(function() local a = {} return a % 2 end) --> positions.lua:53: attempt to perform arithmetic on local 'a' (a table value)
try(function() local a return a ^ 2 end) --> positions.lua:54: attempt to perform arithmetic on local 'a' (a nil value)
try(function() local a = "x" return a + 1 end) --> positions.lua:55: attempt to perform arithmetic on local 'a' (a string value)
try(function() local a = "x" return -a end) --> positions.lua:56: attempt to perform arithmetic on local 'a' (a string value)
try(function() return -upt end) --> positions.lua:57: attempt to perform arithmetic on upvalue 'upt' (a table value)
try(function() return -glob end) --> positions.lua:58: attempt to perform arithmetic on global 'glob' (a nil value)
try(function() return -upt.x end) --> positions.lua:59: attempt to perform arithmetic on field 'x' (a nil value)
try(function() return ups + 1 end) --> positions.lua:60: attempt to perform arithmetic on upvalue 'ups' (a string value)
try(function() return ups * ups end) --> positions.lua:61: attempt to perform arithmetic on upvalue 'ups' (a string value)
try(function() return 2 ^ {} end) --> positions.lua:62: attempt to perform arithmetic on a table value
try(function() return {} .. "x" end) --> positions.lua:63: attempt to concatenate a table value
try(function() return "x" .. up end) --> positions.lua:64: attempt to concatenate upvalue 'up' (a nil value)
try(function() return up .. "x" end) --> positions.lua:65: attempt to concatenate upvalue 'up' (a nil value)
try(function() return "a" .. glob .. "b" end) --> positions.lua:66: attempt to concatenate global 'glob' (a nil value)
try(function() return "a" .. "b" .. upt.x end) --> positions.lua:67: attempt to concatenate field 'x' (a nil value)
try(function() return upt.x .. "b" .. "c" end) --> positions.lua:68: attempt to concatenate field 'x' (a nil value)
try(function() local a, b = "x" return a .. b end) --> positions.lua:69: attempt to concatenate local 'b' (a nil value)
try(function() local a, b = "x", {} return a .. b .. a end) --> positions.lua:70: attempt to concatenate local 'b' (a table value)
try(function() return 1 .. true end) --> positions.lua:71: attempt to concatenate a boolean value
try(function() return print .. "" end) --> positions.lua:72: attempt to concatenate global 'print' (a function value)
try(function() return #up end) --> positions.lua:73: attempt to get length of upvalue 'up' (a nil value)
try(function() return #glob end) --> positions.lua:74: attempt to get length of global 'glob' (a nil value)
try(function() return #upt.x end) --> positions.lua:75: attempt to get length of field 'x' (a nil value)
try(function() return #upn end) --> positions.lua:76: attempt to get length of upvalue 'upn' (a number value)
try(function() local a return #a end) --> positions.lua:77: attempt to get length of local 'a' (a nil value)
try(function() return #print end) --> positions.lua:78: attempt to get length of global 'print' (a function value)
try(function() return up < 1 end) --> positions.lua:79: attempt to compare nil with number
try(function() return 1 < up end) --> positions.lua:80: attempt to compare number with nil
try(function() return upt < upt end) --> positions.lua:81: attempt to compare two table values
try(function() return upt < 1 end) --> positions.lua:82: attempt to compare table with number
try(function() return "a" < 1 end) --> positions.lua:83: attempt to compare string with number
try(function() return 1 <= "a" end) --> positions.lua:84: attempt to compare number with string
try(function() return 1 > "a" end) --> positions.lua:85: attempt to compare string with number
try(function() return 1 >= {} end) --> positions.lua:86: attempt to compare table with number
try(function() return nil > nil end) --> positions.lua:87: attempt to compare two nil values
try(function() return true < false end) --> positions.lua:88: attempt to compare two boolean values
try(function() return print <= type end) --> positions.lua:89: attempt to compare two function values
try(function() for i = up, 2 do end end) --> positions.lua:90: 'for' initial value must be a number
try(function() for i = 1, up do end end) --> positions.lua:91: 'for' limit must be a number
try(function() for i = 1, 2, up do end end) --> positions.lua:92: 'for' step must be a number
try(function() for i = 1, "x" do end end) --> positions.lua:93: 'for' limit must be a number
try(function() for k in up do end end) --> positions.lua:94: attempt to call a nil value
try(function() for k in upt do end end) --> positions.lua:95: attempt to call a table value
try(function() for k in pairs(up) do end end) --> positions.lua:96: bad argument #1 to 'pairs' (table expected, got nil)
try(function() for k in ipairs() do end end) --> positions.lua:97: bad argument #1 to 'ipairs' (table expected, got no value)
try(function() for k, v in next, up do end end) --> positions.lua:98: bad argument #1 to '(for generator)' (table expected, got nil)
try(function() upt[nil] = 1 end) --> positions.lua:99: table index is nil
try(function() upt[0/0] = 1 end) --> positions.lua:100: table index is NaN
try(function() return {[nil] = 1} end) --> positions.lua:101: table index is nil
try(function() return {[up] = 1} end) --> positions.lua:102: table index is nil
try(function() up[1] = 2 end) --> positions.lua:103: attempt to index upvalue 'up' (a nil value)
try(function() upn[1] = 2 end) --> positions.lua:104: attempt to index upvalue 'upn' (a number value)
try(function() ups[1] = 2 end) --> positions.lua:105: attempt to index upvalue 'ups' (a string value)
try(function() print.x = 2 end) --> positions.lua:106: attempt to index global 'print' (a function value)
local t = {inner = {}}
try(function() return t.inner.missing.deeper end) --> positions.lua:108: attempt to index field 'missing' (a nil value)
try(function() return t.inner:missing() end) --> positions.lua:109: attempt to call method 'missing' (a nil value)
try(function() return t.inner.missing() end) --> positions.lua:110: attempt to call field 'missing' (a nil value)
try(function() return t.inner.missing:call() end) --> positions.lua:111: attempt to index field 'missing' (a nil value)
try(function() local a = t.inner.missing a() end) --> positions.lua:112: attempt to call local 'a' (a nil value)
try(function() local a = t.inner.missing return a.b end) --> positions.lua:113: attempt to index local 'a' (a nil value)
try(function() --> positions.lua:118: attempt to perform arithmetic on local 'y' (a nil value)
  local x = 1
  local y = nil
  return x +
    y
end)
try(function() --> positions.lua:122: attempt to index global 'glob' (a nil value)
  return glob
    .field
end)
try(function() --> positions.lua:127: attempt to index field 'b' (a nil value)
  local a = {}
  a.b
    .c()
end)
try(function() --> positions.lua:130: attempt to call field 'f' (a nil value)
  upt.f(
    1,
    2
  )
end)
try(function() --> positions.lua:138: attempt to concatenate upvalue 'up' (a nil value)
  return "a" ..
    "b" ..
    up
end)
try(function() --> positions.lua:143: attempt to call method 'nope' (a nil value)
  local s = "multi"

  s:nope(1,
    2)
end)
try(function() error("msg") end) --> positions.lua:146: msg
try(function() error("msg", 1) end) --> positions.lua:147: msg
try(function() error("msg", 2) end) --> msg
try(function() error("msg", 0) end) --> msg
try(function() --> positions.lua:151: multi-line call
  error(
    "multi-line call"
  )
end)
try(function() assert(false) end) --> positions.lua:155: assertion failed!
try(function() assert(nil, "assert message") end) --> positions.lua:156: assert message
try(function() assert(false, nil) end) --> positions.lua:157: assertion failed!
try(function() tostring() end) --> positions.lua:158: bad argument #1 to 'tostring' (value expected)
try(function() setmetatable(1, {}) end) --> positions.lua:159: bad argument #1 to 'setmetatable' (table expected, got number)
try(function() ("x"):rep(1, 2, 3):bad() end) --> positions.lua:160: attempt to call method 'bad' (a nil value)
try(function() string.rep() end) --> positions.lua:161: bad argument #1 to 'rep' (string expected, got no value)
try(function() string.rep("x", "y") end) --> positions.lua:162: bad argument #2 to 'rep' (number expected, got string)
try(function() ("x"):rep("y") end) --> positions.lua:163: bad argument #1 to 'rep' (number expected, got string)
try(function() local rep = string.rep rep("x", {}) end) --> positions.lua:164: bad argument #2 to 'rep' (number expected, got table)
try(function() upt.rep = string.rep upt.rep() end) --> positions.lua:165: bad argument #1 to 'rep' (string expected, got no value)
try(function() table.concat({1, {}}) end) --> positions.lua:166: invalid value (table) at index 2 in table for 'concat'
try(function() math.floor("x") end) --> positions.lua:167: bad argument #1 to 'floor' (number expected, got string)
try(function() math.floor() end) --> positions.lua:168: bad argument #1 to 'floor' (number expected, got no value)
try(function() ipairs() end) --> positions.lua:169: bad argument #1 to 'ipairs' (table expected, got no value)
try(function() tonumber() end) --> positions.lua:170: bad argument #1 to 'tonumber' (value expected)
try(function() tonumber("z", 99) end) --> positions.lua:171: bad argument #2 to 'tonumber' (base out of range)
try(function() select(0) end) --> positions.lua:172: bad argument #1 to 'select' (index out of range)
try(function() unpack() end) --> positions.lua:173: bad argument #1 to 'unpack' (table expected, got no value)
try(function() next({}, 1) end) --> invalid key to 'next'
try(function() rawset({}, nil, 1) end) --> table index is nil
try(function() pcall() end) --> positions.lua:176: bad argument #1 to 'pcall' (value expected)
try(function() xpcall() end) --> positions.lua:177: bad argument #2 to 'xpcall' (value expected)
try(function() xpcall(print) end) --> positions.lua:178: bad argument #2 to 'xpcall' (value expected)
try(function() getmetatable() end) --> positions.lua:179: bad argument #1 to 'getmetatable' (value expected)
try(function() assert() end) --> positions.lua:180: bad argument #1 to 'assert' (value expected)
try(function() type() end) --> positions.lua:181: bad argument #1 to 'type' (value expected)
try(function() rawequal(1) end) --> positions.lua:182: bad argument #2 to 'rawequal' (value expected)
try(function() rawget({}) end) --> positions.lua:183: bad argument #2 to 'rawget' (value expected)
try(function() collectgarbage("nonsense") end) --> positions.lua:184: bad argument #1 to 'collectgarbage' (invalid option 'nonsense')
try(function() local string = 5 string.x() end) --> positions.lua:185: attempt to index local 'string' (a number value)
try(function() ({})() end) --> positions.lua:186: attempt to call a table value
try(function() return ({x = 1}).x.y.z end) --> positions.lua:187: attempt to index field 'x' (a number value)
try(function() return (up or glob).x end) --> positions.lua:188: attempt to index a nil value
try(function() return (up and 1).x end) --> positions.lua:189: attempt to index a nil value
try(function() return (up)() end) --> positions.lua:190: attempt to call upvalue 'up' (a nil value)
try(function() return (1 + 2)() end) --> positions.lua:191: attempt to call a number value
try(function() return ("a" .. "b")() end) --> positions.lua:192: attempt to call a string value
try(function() return (not up)() end) --> positions.lua:193: attempt to call a boolean value

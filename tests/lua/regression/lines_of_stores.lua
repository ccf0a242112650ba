-- Fuzzed beside lua5.1: an error in a store stands on the line where its value ends, a constructor's bad key is an error
-- before the fields behind it are evaluated, and constants that PUC folds let the name of the other operand through.
local g3
print(pcall(function() return (-1 and g3) + 1 end)) --> false\tlines_of_stores.lua:4: attempt to perform arithmetic on upvalue 'g3' (a nil value)
print(pcall(function() return (-1 and g3).x end)) --> false\tlines_of_stores.lua:5: attempt to index upvalue 'g3' (a nil value)
print(pcall(function() return ("a" and g3)() end)) --> false\tlines_of_stores.lua:6: attempt to call upvalue 'g3' (a nil value)
print(pcall(function() return (1 and gg)() end)) --> false\tlines_of_stores.lua:7: attempt to call global 'gg' (a nil value)
print(pcall(function() return (not nil and gg).x end)) --> false\tlines_of_stores.lua:8: attempt to index global 'gg' (a nil value)
print(pcall(function() return (g3 or gg).x end)) --> false\tlines_of_stores.lua:9: attempt to index a nil value
print(pcall(function() local a = 1 return (a and gg).x end)) --> false\tlines_of_stores.lua:10: attempt to index a nil value
print(pcall(function() local a = 1 return (a and a.x.y) end)) --> false\tlines_of_stores.lua:11: attempt to index local 'a' (a number value)
print(pcall(function() return (2^53 and gg)() end)) --> false\tlines_of_stores.lua:12: attempt to call global 'gg' (a nil value)
print(pcall(function() return (-g3 and gg)() end)) --> false\tlines_of_stores.lua:13: attempt to perform arithmetic on upvalue 'g3' (a nil value)
print(pcall(function() return ({} and gg)() end)) --> false\tlines_of_stores.lua:14: attempt to call a nil value
print(pcall(function() return (function() end and gg)() end)) --> false\tlines_of_stores.lua:15: attempt to call a nil value
print(pcall(function() return (1 + 2 and gg)() end)) --> false\tlines_of_stores.lua:16: attempt to call global 'gg' (a nil value)
print(pcall(function() return ("a" .. "b" and gg)() end)) --> false\tlines_of_stores.lua:17: attempt to call a nil value
print(pcall(function() return (1 < 2 and gg)() end)) --> false\tlines_of_stores.lua:18: attempt to call a nil value
print(pcall(function() return (-1 and g3) .. "x" end)) --> false\tlines_of_stores.lua:19: attempt to concatenate upvalue 'g3' (a nil value)
print(pcall(function() return #(-1 and g3) end)) --> false\tlines_of_stores.lua:20: attempt to get length of upvalue 'g3' (a nil value)
print(pcall(function() return -(-1 and g3) end)) --> false\tlines_of_stores.lua:21: attempt to perform arithmetic on upvalue 'g3' (a nil value)
print(pcall(function() return (nil or gg)() end)) --> false\tlines_of_stores.lua:22: attempt to call global 'gg' (a nil value)
print(pcall(function() return (false or gg)() end)) --> false\tlines_of_stores.lua:23: attempt to call global 'gg' (a nil value)
print(pcall(function() return (not 1 or gg)() end)) --> false\tlines_of_stores.lua:24: attempt to call global 'gg' (a nil value)
print(pcall(function() return (- - 1 and gg)() end)) --> false\tlines_of_stores.lua:25: attempt to call global 'gg' (a nil value)
print(pcall(function() return (#"abc" and gg)() end)) --> false\tlines_of_stores.lua:26: attempt to call a nil value
print(pcall(function() return (true and gg)() end)) --> false\tlines_of_stores.lua:27: attempt to call global 'gg' (a nil value)
local n = 0
local function f() n = n + 1 return n end
print(pcall(function() return {[nil] = f(), f()} end)) print(n) --> false\tlines_of_stores.lua:30: table index is nil
--> 1
print(pcall(function() return {f(), [f()] = 1, [nil] = 2, f(), f()} end)) print(n) --> false\tlines_of_stores.lua:32: table index is nil
--> 3
print(pcall(function() return {f(), [0/0] = f(), f(), f()} end)) print(n) --> false\tlines_of_stores.lua:34: table index is NaN
--> 5
print(pcall(function() return {f(), f(), f(), [g3] = f(), x = f()} end)) print(n) --> false\tlines_of_stores.lua:36: table index is nil
--> 9
print(pcall(function() return {x = f(), [g3] = f(), y = f()} end)) print(n) --> false\tlines_of_stores.lua:38: table index is nil
--> 11
print(pcall(function() --> false\tlines_of_stores.lua:43: table index is nil
  return {
    x = 1,
    [g3] = 2,
    y = f(
    ) } end)) print(n) --> 11
print(pcall(function() --> false\tlines_of_stores.lua:50: table index is nil
  return {
    [1] = 1,
    [g3] =
      2,
    y = f() } end)) print(n) --> 11
local t = {}
local function id(...) return ... end
local function try(fn) print(pcall(fn)) end
try(function() t[nil] = --> false\tlines_of_stores.lua:56: table index is nil
 2 end)
try(function() t --> false\tlines_of_stores.lua:58: table index is nil
[g3] = 2 end)
try(function() t[ --> false\tlines_of_stores.lua:61: table index is nil
 g3
 ] = 2 end)
try(function() t[g3 --> false\tlines_of_stores.lua:65: table index is nil
 ] = id(
 1,
 2) end)
try(function() t.a --> false\tlines_of_stores.lua:67: attempt to index field 'a' (a nil value)
 .b
 .c = 1 end)
try(function() return t.a --> false\tlines_of_stores.lua:70: attempt to index field 'a' (a nil value)
 .b
 .c end)
try(function() return t --> false\tlines_of_stores.lua:74: attempt to index field 'a' (a nil value)
 .a
 [1] end)
try(function() t.a, t[nil], t.b = --> false\tlines_of_stores.lua:78: table index is nil
 1,
 2,
 3 end)
try(function() t[0/0] = --> false\tlines_of_stores.lua:81: table index is NaN
 { 1,
 2 } end)
try(function() t[g3] = function() --> false\tlines_of_stores.lua:84: table index is nil
 return 1
 end end)
try(function() t[g3] = id(1) --> false\tlines_of_stores.lua:86: table index is nil
 + 2 end)

-- A method is looked up before its arguments are evaluated. `x:sub(t[k])` and `x:byte(t[k])`, which are done in place if x
-- is a string, evaluated them first and so named the wrong operand, or showed that __index had been called.
local t, x, missing = {}, nil, nil
print(pcall(function() return (x or missing):sub(missing.key, 1) end)) --> false\tmethods_before_arguments.lua:4: attempt to index a nil value
print(pcall(function() return x:sub(missing.key, 1) end)) --> false\tmethods_before_arguments.lua:5: attempt to index upvalue 'x' (a nil value)
print(pcall(function() local n = 5 return n:byte(missing.key) end)) --> false\tmethods_before_arguments.lua:6: attempt to index local 'n' (a number value)
local told = setmetatable({}, {__index = function(_, key) print("reads", key) return key end})
print(pcall(function() local o = t local r = o:sub(told.i, 1) return r end)) --> reads\ti
--> false\tmethods_before_arguments.lua:8: attempt to call method 'sub' (a nil value)

local name
print("concat") --> concat
local s = "hello " .. name .. "!" --> error: uncaught_concat.lua:3: attempt to concatenate local 'name' (a nil value)

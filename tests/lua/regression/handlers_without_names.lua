-- What cannot be indexed is a metatable's handler, not the operand: the error names no variable.
local t = setmetatable({}, {__index = 5, __newindex = 7})
print(pcall(function() return t.x end)) --> false\thandlers_without_names.lua:3: attempt to index a number value
print(pcall(function() return t.x.y end)) --> false\thandlers_without_names.lua:4: attempt to index a number value
print(pcall(function() t.x = 1 end)) --> false\thandlers_without_names.lua:5: attempt to index a number value
local u = setmetatable({}, {__index = t, __newindex = t})
print(pcall(function() return u[1] end)) --> false\thandlers_without_names.lua:7: attempt to index a number value
print(pcall(function() u[1] = 1 end)) --> false\thandlers_without_names.lua:8: attempt to index a number value
print(pcall(function() return u.x.y end)) --> false\thandlers_without_names.lua:9: attempt to index a number value
print(pcall(function() local n return n.x end)) --> false\thandlers_without_names.lua:10: attempt to index local 'n' (a nil value)

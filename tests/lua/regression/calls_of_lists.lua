-- A table that is a list is no function either: the error was taken for one of the engine's own.
local list = {1, 2}
print(pcall(function() list() end)) --> false\tcalls_of_lists.lua:3: attempt to call upvalue 'list' (a table value)
print(pcall(function() return ({3, 4})() end)) --> false\tcalls_of_lists.lua:4: attempt to call a table value
print(pcall(list)) --> false\tattempt to call a table value
local grown = {}
for i = 1, 3 do grown[i] = i end
print(pcall(function() local t = grown t() end)) --> false\tcalls_of_lists.lua:8: attempt to call local 't' (a table value)
print(coroutine.resume(coroutine.create(function() list() end))) --> false\tcalls_of_lists.lua:9: attempt to call upvalue 'list' (a table value)
list() --> error: calls_of_lists.lua:10: attempt to call local 'list' (a table value)

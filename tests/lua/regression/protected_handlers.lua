-- xpcall's handler that fails or cannot be called; __call that is no function.
print(xpcall(function() error("in f") end, function(m) error("in handler") end)) --> false\terror in error handling
print(xpcall(function() error("in f") end, 5)) --> false\terror in error handling
print(xpcall(function() error("in f") end, nil)) --> false\terror in error handling
print(xpcall(function() error("in f") end, {})) --> false\terror in error handling
local c = setmetatable({}, {__call = function(self, m) return "called" end})
print(xpcall(function() error("in f") end, c)) --> false\terror in error handling
local d = setmetatable({}, {__call = c})
print(pcall(function() d() end)) --> false\tprotected_handlers.lua:9: attempt to call upvalue 'd' (a table value)
print(pcall(setmetatable({}, {__call = 5}))) --> false\tattempt to call a table value
print(pcall(setmetatable({}, {__call = "x"}))) --> false\tattempt to call a table value

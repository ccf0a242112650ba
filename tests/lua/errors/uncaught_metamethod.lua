local strict = setmetatable({}, {__index = function(_, k) error("undeclared variable " .. k, 2) end})
print(rawget(strict, "x")) --> nil
print(strict.x) --> error: uncaught_metamethod.lua:3: undeclared variable x

local ok, message = pcall(function() error("inner") end)
print(ok, message) --> false\tuncaught_rethrown.lua:1: inner
error(message, 0) --> error: uncaught_rethrown.lua:1: inner

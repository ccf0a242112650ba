local o = {}
function o:run() return self:missing() end
print(pcall(o.run, o)) --> false\tuncaught_method.lua:2: attempt to call method 'missing' (a nil value)
o:run() --> error: uncaught_method.lua:2: attempt to call method 'missing' (a nil value)

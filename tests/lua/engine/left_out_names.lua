-- Names that are left out are nil, and errors that come of it say so.
print(load, loadstring, loadfile, dofile, setfenv, getfenv, newproxy, module) --> nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil
print(io, debug.sethook, debug.getmetatable, package.loadlib, package.seeall) --> nil\tnil\tnil\tnil\tnil
print(os.execute, os.exit, os.remove, os.rename, os.tmpname, os.getenv, os.setlocale, string.dump) --> nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil
if io then print("io") else print("no io") end --> no io
print(io and io.open, type((debug or {}).traceback)) --> nil\tfunction
print(pcall(function() return load("return 1") end)) --> false\tleft_out_names.lua:7: attempt to call global 'load' (a nil value): load is there only with the setting allow-load
print(pcall(function() return loadstring("x") end)) --> false\tleft_out_names.lua:8: attempt to call global 'loadstring' (a nil value): loadstring is there only with the setting allow-load
print(pcall(function() return loadfile("x") end)) --> false\tleft_out_names.lua:9: attempt to call global 'loadfile' (a nil value): loadfile is not available in this engine
print(pcall(function() return dofile("x") end)) --> false\tleft_out_names.lua:10: attempt to call global 'dofile' (a nil value): dofile is not available in this engine
print(pcall(function() return setfenv(1, {}) end)) --> false\tleft_out_names.lua:11: attempt to call global 'setfenv' (a nil value): setfenv is not available in this engine
print(pcall(function() return getfenv(1) end)) --> false\tleft_out_names.lua:12: attempt to call global 'getfenv' (a nil value): getfenv is not available in this engine
print(pcall(function() return newproxy() end)) --> false\tleft_out_names.lua:13: attempt to call global 'newproxy' (a nil value): newproxy is not available in this engine
print(pcall(function() module("x") end)) --> false\tleft_out_names.lua:14: attempt to call global 'module' (a nil value): module is not available in this engine
print(pcall(function() return io.open("x") end)) --> false\tleft_out_names.lua:15: attempt to index global 'io' (a nil value): io is not available in this engine
print(pcall(function() io.write("x") end)) --> false\tleft_out_names.lua:16: attempt to index global 'io' (a nil value): io is not available in this engine
print(pcall(function() io.stderr:write("x") end)) --> false\tleft_out_names.lua:17: attempt to index global 'io' (a nil value): io is not available in this engine
print(pcall(function() return debug.getlocal(1, 1) end)) --> false\tleft_out_names.lua:18: attempt to call field 'getlocal' (a nil value): debug.getlocal is not available in this engine
print(pcall(function() return package.loadlib() end)) --> false\tleft_out_names.lua:19: attempt to call field 'loadlib' (a nil value): package.loadlib is not available in this engine
print(pcall(function() return package.seeall() end)) --> false\tleft_out_names.lua:20: attempt to call field 'seeall' (a nil value): package.seeall is not available in this engine
print(pcall(function() for v in io.lines("x") do end end)) --> false\tleft_out_names.lua:21: attempt to index global 'io' (a nil value): io is not available in this engine
print(pcall(function() return os.execute("ls") end)) --> false\tleft_out_names.lua:22: attempt to call field 'execute' (a nil value): os.execute is not available in this engine
print(pcall(function() return os.getenv("HOME") end)) --> false\tleft_out_names.lua:23: attempt to call field 'getenv' (a nil value): os.getenv is not available in this engine: a tenant's settings are request.config, its keys request.secrets
print(pcall(function() os.exit() end)) --> false\tleft_out_names.lua:24: attempt to call field 'exit' (a nil value): os.exit is not available in this engine
print(pcall(function() os.remove("x") end)) --> false\tleft_out_names.lua:25: attempt to call field 'remove' (a nil value): os.remove is not available in this engine
print(pcall(function() os.rename("x", "y") end)) --> false\tleft_out_names.lua:26: attempt to call field 'rename' (a nil value): os.rename is not available in this engine
print(pcall(function() os.tmpname() end)) --> false\tleft_out_names.lua:27: attempt to call field 'tmpname' (a nil value): os.tmpname is not available in this engine
print(pcall(function() os.setlocale("C") end)) --> false\tleft_out_names.lua:28: attempt to call field 'setlocale' (a nil value): os.setlocale is not available in this engine
print(pcall(function() return string.dump(print) end)) --> false\tleft_out_names.lua:29: attempt to call field 'dump' (a nil value): string.dump is not available in this engine
print(pcall(function() local io io.x() end)) --> false\tleft_out_names.lua:30: attempt to index local 'io' (a nil value)
print(pcall(function() io.x = 1 end)) --> false\tleft_out_names.lua:31: attempt to index global 'io' (a nil value): io is not available in this engine
io = {open = function() return "the script's own io" end}
print(io.open()) --> the script's own io
function getfenv() return "the script's own getfenv" end
print(getfenv()) --> the script's own getfenv
debug = nil
print(pcall(function() debug.getinfo(1) end)) --> false\tleft_out_names.lua:37: attempt to index global 'debug' (a nil value)

-- allow-load
-- What load does beyond PUC's: a string, as in LuaJIT; no binary chunks. Environments are in load/environments.lua.
print(load("return 1 + 1")()) --> 2
print(load("return ...", "=name")(3)) --> 3
print(load("x =", "=name")) --> nil\tname:1: unexpected symbol near '<eof>'
print(load("error('x')")) --> function: 0x00000001
print(pcall(load("error('x')"))) --> false\t[string "error('x')"]:1: x
print(load("return 1", "=name", "t")()) --> 1
print(pcall(load, "return 1", "=name", "t", 5)) --> false\tbad argument #4 to '?' (table expected, got number)
print(loadstring("\27Lua")) --> nil\tattempt to load a binary chunk (mode is 't')
local f = loadstring("local n = 1\n\nreturn debug.getinfo(1, 'Sl'), debug.traceback()", "=chunk")
local info, trace = f()
print(info.source, info.short_src, info.what, info.currentline, info.linedefined) --> =chunk\tchunk\tmain\t3\t0
print(trace) --> stack traceback:
--> \tchunk:3: in function 'f'
--> \tload.lua:12: in main chunk
--> \t[C]: ?
print(debug.getinfo(loadstring("return 1")).source) --> return 1
print(debug.getinfo(loadstring("return function() end", "@file.lua")()).source) --> @file.lua
print(pcall(loadstring("constant(function() return 1 end)"))) --> false\t[string "constant(function() return 1 end)"]:1: constant(function() ... end) must stand at a file's top level, as in local NAME = constant(...)
-- modules are linked before a script runs: a chunk finds those that the script has
print(pcall(loadstring("return require 'nowhere'"))) --> false\t[string "return require 'nowhere'"]:1: module 'nowhere' is not linked: modules are linked before a script runs, by the names that it has as literals; write its name out somewhere, as in require 'nowhere'
print(loadstring("return require 'string' == string")()) --> true
-- a limit of the compiler is answered as PUC answers its own
print((select(2, loadstring("return " .. ("("):rep(221) .. "1" .. (")"):rep(221), "=c")))) --> c:1: chunk has too many syntax levels
print(loadstring("return 1", "=name", "b", 5)()) --> 1

-- allow-load
-- A chunk may have no name at all: it is no C function for that.
local f = loadstring("return debug.getinfo(1, 'S'), debug.traceback('t')", "=")
local info, trace = f()
print(info.source, info.short_src, info.what) --> =\t\tmain
print((trace:match("\n\t(.-)\n"))) --> :1: in function 'f'
local g = loadstring("return debug.getinfo(1, 'S')", "")
print(#g().source, g().short_src, g().what) --> 0\t[string ""]\tmain
print(pcall(loadstring("error('x')", "="))) --> false\t:1: x

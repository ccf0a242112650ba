-- What Lua 5.1 has and this engine leaves out: nil, and an error that says so. docs/compatibility.md, "Left out".
for _, name in ipairs {"load", "loadstring", "loadfile", "dofile", "setfenv", "getfenv", "newproxy", "gcinfo", "module", "io"} do
  assert(_G[name] == nil, name)
end
if io then print("io") else print("no io") end --> no io
print(string.dump, os.execute, os.exit, os.remove, os.rename, os.tmpname, os.getenv, os.setlocale) --> nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil
print(pcall(function() return io.open("x") end)) --> false\tleft_out.lua:7: attempt to index global 'io' (a nil value): io is not available in this engine
print(pcall(function() return loadstring("return 1")() end)) --> false\tleft_out.lua:8: attempt to call global 'loadstring' (a nil value): loadstring is there only with the setting allow-load
print(pcall(function() return debug.sethook() end)) --> false\tleft_out.lua:9: attempt to call field 'sethook' (a nil value): debug.sethook is not available in this engine
print(pcall(function() os.exit(1) end)) --> false\tleft_out.lua:10: attempt to call field 'exit' (a nil value): os.exit is not available in this engine
print(pcall(function() return string.dump(print) end)) --> false\tleft_out.lua:11: attempt to call field 'dump' (a nil value): string.dump is not available in this engine
print(pcall(require, "socket")) --> false\tmodule 'socket' not found:
--> \tno field package.preload['socket']
--> \tno file 'lib/socket.lua'
--> \tno file 'lib/socket/init.lua'
--> \ta decision calls nobody and waits for nothing
print(pcall(package.loadlib, "x", "y")) --> false\tattempt to call a nil value

-- inert-io
-- io, where a setting asks for it: there to be looked at, and nothing else. Nothing is opened, read or written.
print(type(io), package.loaded.io == io, require "io" == io, _G.io == io) --> table\ttrue\ttrue\ttrue
print(io.type(io.stdout), io.type({}), select("#", io.type(1))) --> nil\tnil\t1
print(io.open("/etc/passwd")) --> nil\tio.open is not available in this engine
print((io.tmpfile()), io.popen("ls")) --> nil\tnil\tio.popen is not available in this engine
local function names(t)
  local found = {}
  for name in pairs(t) do found[#found + 1] = name end
  table.sort(found)
  return table.concat(found, " ")
end
print(names(io)) --> close flush input lines open output popen read stderr stdin stdout tmpfile type write
print(names(getmetatable(io.stdout))) --> __index close flush lines read seek setvbuf write
print(getmetatable(io.stdout) == getmetatable(io.stderr), getmetatable({})) --> true\tnil
for _, name in ipairs {"close", "input", "lines", "output", "read", "write"} do
  print(pcall(io[name], "x"))
end
--> false\tio.close is not available in this engine
--> false\tio.input is not available in this engine
--> false\tio.lines is not available in this engine
--> false\tio.output is not available in this engine
--> false\tio.read is not available in this engine
--> false\tio.write is not available in this engine
for _, name in ipairs {"close", "lines", "read", "seek", "write"} do
  print(pcall(io.stdin[name], io.stdin))
end
--> false\tfile:close is not available in this engine
--> false\tfile:lines is not available in this engine
--> false\tfile:read is not available in this engine
--> false\tfile:seek is not available in this engine
--> false\tfile:write is not available in this engine
print(io.stdout:setvbuf("no")) --> nil\tfile:setvbuf is not available in this engine
print(io.stderr:flush()) --> nil\tfile:flush is not available in this engine
print(io.flush()) --> nil\tio.flush is not available in this engine
print(pcall(function() io.write("x") end)) --> false\tinert_io.lua:36: io.write is not available in this engine
print(pcall(function() for line in io.lines("x") do print(line) end end)) --> false\tinert_io.lua:37: io.lines is not available in this engine
print(coroutine.resume(coroutine.create(function() io.stdout:write("x") end))) --> false\tinert_io.lua:38: file:write is not available in this engine
io.write = print
io.write("a script's own") --> a script's own
io = nil
print(io, package.loaded.io == require "io") --> nil\ttrue

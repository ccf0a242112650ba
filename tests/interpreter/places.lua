-- debug.traceback and debug.getinfo: what they say of the script. What is below the main chunk is the host's.
local write = print
local function cut(value)
  return type(value) == "string" and (value:gsub("in main chunk.*", "in main chunk")) or tostring(value)
end
local function print(...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = cut((select(i, ...))) end
  write(table.concat(texts, " "))
end
print(debug.traceback("hi"))
local function f(x)
  print(debug.traceback("in f"))
  local i = debug.getinfo(1)
  print(i.source, i.short_src, i.currentline, i.what, i.linedefined, i.name, i.namewhat)
  i = debug.getinfo(2, "Sl")
  print(i.source, i.short_src, i.currentline, i.what, i.linedefined, i.name, i.namewhat)
  i = debug.getinfo(print)
  print(i.source, i.short_src, i.currentline, i.what, i.linedefined)
end
f(1)
local t = {
  m = function(self)
   f(1)
   error("x")
  end }
print(pcall(t.m, t))
print(xpcall(function() t:m() return 1 end, debug.traceback))
print(xpcall(function() t:m() return 1 end, function(e) return debug.traceback(e, 2) end))
print(debug.getinfo(100))
local i = debug.getinfo(t.m)
print(i.source, i.linedefined, i.what)
print(next({}))
local function deep(n) if n == 0 then return debug.traceback("deep") end local x = deep(n - 1) return x end
print(deep(40))
print(type(debug.traceback({})), debug.traceback(nil), debug.traceback(12))
print(pcall(debug.getinfo, 1, "x"))
print(pcall(debug.getinfo, "x"))
print(debug.getinfo("1", "l").currentline)
print(deep(18)) print(deep(19)) print(deep(20)) print(deep(21)) print(deep(22))
local function level(n) return (debug.traceback("at", n)) end
for n = 0, 4 do print(level(n)) end
print(debug.getinfo(level, "f").func == level)
local object = setmetatable({}, {__index = function(_, k) return debug.getinfo(1, "n").namewhat .. debug.traceback(k) end})
print(object.x)
local co = coroutine.create(function() local function inner() coroutine.yield(debug.traceback("in")) end inner() end)
print(coroutine.resume(co))
for _, what in ipairs{"S", "l", "n", "Sl"} do
  local i = debug.getinfo(1, what)
  print(i.source, i.short_src, i.what, i.currentline, i.name)
end
print(string.gsub("ab", "a", function(c) return debug.traceback(c) end))
print(select(2, pcall(error, setmetatable({}, {__tostring = function() return "e" end}))) ~= nil)
print(xpcall(function() local x = nil; return x.y end, debug.traceback))
print(xpcall(function() local x = nil; return x() end, debug.traceback))
print(xpcall(function() return ("x"):rep({}) end, debug.traceback))
print(xpcall(function() error("first") end, function(e) local ok, text = xpcall(function() error("second") end, debug.traceback) return e .. text end))

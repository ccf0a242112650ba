-- EXPECT: ok =0 -- what a chunk reaches of the library is what the script does
-- allow-load
local n = 0
for _, path in ipairs { "io", "dofile", "loadfile", "getfenv", "setfenv", "newproxy", "module", "os.execute", "os.getenv", "string.dump", "debug.sethook", "debug.getregistry", "package.loadlib", "package.loaders" } do
  if loadstring("return " .. path)() ~= nil then n = n + 1 end
end
for _, text in ipairs { "local t = getmetatable('') return t", "return (getmetatable('')).__index ~= string", "return require '_G' ~= _G" } do
  if text:find("return t$") and type(loadstring(text)()) ~= "table" then n = n + 1 end
  if not text:find("return t$") and loadstring(text)() then n = n + 1 end
end
return n + (pcall(loadstring("return constant(function() return 1 end)")) and 1 or 0)

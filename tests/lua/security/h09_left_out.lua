-- EXPECT: ok =2 -- what is left out is nil; debug and package only tell, see docs/language.md
local n = 0
for _, name in ipairs({"load", "loadstring", "loadfile", "dofile", "setfenv", "getfenv", "newproxy", "module", "io", "debug", "package"}) do if _G[name] ~= nil then n = n + 1 end end
for _, name in ipairs({"execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale"}) do if os[name] ~= nil then n = n + 1 end end
return n + (string.dump and 1 or 0)

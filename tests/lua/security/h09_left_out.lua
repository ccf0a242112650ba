-- EXPECT: ok =0 -- what is left out is nil
local n = 0
for _, name in ipairs({"load", "loadstring", "loadfile", "dofile", "setfenv", "getfenv", "newproxy", "module", "io", "debug", "package"}) do if _G[name] ~= nil then n = n + 1 end end
for _, name in ipairs({"execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale"}) do if os[name] ~= nil then n = n + 1 end end
return n + (string.dump and 1 or 0)

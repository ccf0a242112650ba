-- EXPECT: ok =0 -- a chunk sees the globals and nothing of the engine: no slot, no cell, no helper
-- allow-load
local v1, f1 = "local", "local"
local n = 0
for _, name in ipairs { "v1", "f1", "v2", "d", "va", "run", "fuel", "alloc", "deepest", "G", "native_call_depth", "_k0", "_k1", "__builtins__", "__sites__", "__source__",
  "__functions__", "__twins__", "MetaTable", "TRUE", "first", "tuple", "str", "len", "float", "l0", "l1", "g0", "t1", "m1", "x1", "j1", "yy", "Misfit", "REQUESTS", "hits", "_", "None", "True", "self", "__class__", "lambda" } do
  if loadstring("return " .. name)() ~= nil then n = n + 1 end
  if loadstring("local " .. name .. " = 1 return " .. name)() ~= 1 then n = n + 1 end
  loadstring(name .. " = 2")()
  if _G[name] ~= 2 or loadstring("return " .. name)() ~= 2 then n = n + 1 end
  _G[name] = nil
  if loadstring("return ('" .. name .. "')")() ~= name or loadstring("return ({" .. name .. " = 3})." .. name)() ~= 3 then n = n + 1 end
end
return n + (v1 == "local" and f1 == "local" and 0 or 1)

-- EXPECT: ok =0 -- names are shown and never used: formats, paths, quotes, control bytes, a megabyte
-- allow-load
local n = 0
for _, name in ipairs { "%s%n{0}", "=../../etc/passwd", "@/dev/stdin", "\"]; import os", "\0\1\2", "=\27[31m", ("x"):rep(1000000), "=" .. ("x"):rep(1000000), "@" .. ("\n"):rep(1000) } do
  local f = loadstring("error('x')", name)
  local ok, why = pcall(f)
  if ok or #why > 70 then n = n + 1 end
  local none, message = loadstring("=", name)
  if none or #message > 160 then n = n + 1 end
end
return n

-- EXPECT: ok =0 -- names of Python are nothing here
local n = 0
for _, name in ipairs({"__class__", "__globals__", "__code__", "__closure__", "__dict__", "f_back", "mro", "run", "meta"}) do
  for _, v in ipairs({{}, "x"}) do if v[name] ~= nil then n = n + 1 end end
  if _G[name] ~= nil then n = n + 1 end
end return n

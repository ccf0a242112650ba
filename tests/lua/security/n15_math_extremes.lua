-- EXPECT: ok -- every function of math on the edges
local n = 0
for name, f in pairs(math) do
  if type(f) == "function" and name ~= "randomseed" then
    for _, a in ipairs({0, 1, -1, 1/0, -1/0, 0/0, 1e308, -1e308, 5e-324, 1e15, 0.5}) do pcall(f, a) pcall(f, a, a) pcall(f, a, 1) pcall(f, 1, a) n = n + 1 end
  end
end
return n > 100

-- EXPECT: ok|error -- %d, %x, %c of what is no integer
local r = {}
for _, v in ipairs({0/0, 1/0, -1/0, 2^63, -2^63, 2^64, 1e308, -1e308, 0.5, -0.5}) do
  for _, d in ipairs({"%d", "%i", "%u", "%x", "%X", "%o", "%c", "%e", "%f", "%g", "%5.1f", "%q", "%s"}) do r[#r + 1] = pcall(string.format, d, v) end
end
return #r

-- EXPECT: ok =false -- string.char of what is no byte
for _, v in ipairs({0/0, 1/0, -1/0, 2^63, -1, 256, 1e308}) do pcall(string.char, v) end
return (pcall(string.char, 256))

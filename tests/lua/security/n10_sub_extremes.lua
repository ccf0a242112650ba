-- EXPECT: ok|error -- positions beyond integers
for _, v in ipairs({0/0, 1/0, -1/0, 2^63, -2^63, 1e308, -1e308}) do
  pcall(string.sub, "abc", v) pcall(string.sub, "abc", 1, v) pcall(string.byte, "abc", v) pcall(string.find, "abc", "b", v) pcall(string.rep, "a", -v) pcall(select, v, 1) pcall(math.random, v) pcall(math.ldexp, 1, v) pcall(unpack, {}, v, v) pcall(table.insert, {}, v, 1) pcall(table.remove, {}, v) pcall(table.concat, {}, "", v, v) pcall(os.date, "%c", v) pcall(bit.band, v) pcall(bit.lshift, 1, v) pcall(tonumber, "1", v) pcall(error, "x", v) pcall(string.gsub, "a", "a", "b", v) pcall(os.difftime, v, v) pcall(math.fmod, v, v) pcall(math.modf, v) pcall(math.frexp, v)
end
return "done"

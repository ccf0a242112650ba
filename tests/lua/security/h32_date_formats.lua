-- EXPECT: ok|error -- os.date with hostile formats
for c = 0, 255 do pcall(os.date, "%" .. string.char(c)) pcall(os.date, "!%" .. string.char(c), 0) pcall(os.date, "%E" .. string.char(c)) end
pcall(os.date, ("%c"):rep(10000))
pcall(os.date, "%999999d") pcall(os.date, "%") pcall(os.date, "!") pcall(os.date, "*t", 1e308) pcall(os.date, "%Y", -1e18) pcall(os.date, "%c", 2^62)
return "done"

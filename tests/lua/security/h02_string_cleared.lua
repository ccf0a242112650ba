-- EXPECT: error -- an emptied string library
for k in pairs(string) do string[k] = nil end
return ("x"):upper()

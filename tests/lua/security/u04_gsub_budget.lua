-- EXPECT: budget -- pcall around a gsub whose callback never ends
pcall(string.gsub, "abc", ".", function() while true do end end) return "survived"

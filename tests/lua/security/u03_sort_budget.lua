-- EXPECT: budget -- pcall around a sort whose comparison never ends
pcall(table.sort, {3, 2, 1}, function() while true do end end) return "survived"

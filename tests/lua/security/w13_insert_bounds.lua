-- EXPECT: ok|error|budget -- insert at infinity and NaN
local t = {} return pcall(table.insert, t, 1 / 0, 1), pcall(table.insert, t, 0 / 0, 1), #t

-- EXPECT: error|budget -- a comparator that sorts
local function c(a, b) table.sort({3, 2, 1}, c) return a < b end
table.sort({3, 2, 1}, c)

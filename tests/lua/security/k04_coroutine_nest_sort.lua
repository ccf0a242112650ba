-- EXPECT: budget|error -- a resume in each comparison of a sort in a coroutine
local function n() table.sort({3, 2, 1, 5, 4}, function(a, b) coroutine.resume(coroutine.create(n)) return a < b end) end
n()

-- EXPECT: error|budget -- an error object whose every field loops
error(setmetatable({}, {__index = function() while true do end end, __concat = function() while true do end end}))

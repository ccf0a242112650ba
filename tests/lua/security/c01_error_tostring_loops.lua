-- EXPECT: error|budget -- an uncaught error object whose __tostring never ends
error(setmetatable({}, {__tostring = function() while true do end end}))

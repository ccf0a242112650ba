-- EXPECT: error -- an uncaught error object whose __tostring raises
error(setmetatable({}, {__tostring = function() error("again") end}))

-- EXPECT: error -- an uncaught error object whose __tostring gives a table
error(setmetatable({}, {__tostring = function() return {} end}))

-- EXPECT: error|budget -- __concat that concatenates
local t t = setmetatable({}, {__concat = function(a, b) return t .. t end}) return t .. 1

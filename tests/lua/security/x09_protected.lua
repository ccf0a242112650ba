-- EXPECT: error -- a protected metatable stays
local t = setmetatable({}, {__metatable = 1}) setmetatable(t, {})

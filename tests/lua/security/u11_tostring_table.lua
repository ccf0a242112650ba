-- EXPECT: error -- print insists on text
print(setmetatable({}, {__tostring = function() return {} end}))

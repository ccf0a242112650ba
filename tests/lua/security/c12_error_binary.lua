-- EXPECT: error -- a message of every byte
local t = {}
for i = 0, 255 do t[#t + 1] = string.char(i) end
error(table.concat(t), 0)

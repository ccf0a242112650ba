-- EXPECT: budget -- an iterator keeps a place for each way of its pattern, 8 kB here, and paid for 1 kB
local re = require "re"
local pattern, kept = ("a|"):rep(990) .. "b", {}
for i = 1, 3000 do kept[i] = re.gmatch("x", pattern) end

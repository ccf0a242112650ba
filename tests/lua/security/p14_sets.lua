-- EXPECT: ok|budget -- a set of 1,000 members at every byte
local set = "[" .. ("abcdefghij"):rep(100) .. "]"
return (("z"):rep(20000):find(set))

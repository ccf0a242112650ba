-- EXPECT: error|ok|budget -- bounds that are texts
local n = 0 for i = "1", "1e3", "0x1" do n = n + 1 end return n

-- EXPECT: budget -- 1 MB of hex digits in a loop
local s = "0x" .. ("f"):rep(1000000)
while true do tonumber(s) end

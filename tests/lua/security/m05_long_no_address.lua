-- EXPECT: budget -- a colon was looked for in nine megabytes before their length was: 1.8 ms for 110 instructions, minutes within the budget
local ip = require "ip"
local list, text = ip.matcher{"10.0.0.0/8"}, ("."):rep(9000000)
while true do list:match(text) end

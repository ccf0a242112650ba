-- EXPECT: budget -- a needle nearly as long as the subject: CPython compares it 1,500 times, 0.4 s for 270,000 instructions
local p = ("a"):rep(1000000) .. "baa"
local s = ("a"):rep(1001500)
while true do s:find(p, 1, true) end

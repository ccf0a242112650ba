-- EXPECT: budget -- a plain find under 2,500 bytes, where CPython compares the needle at each place
local p = ("a"):rep(1247) .. "baa"
local s = ("a"):rep(2499)
while true do s:find(p, 1, true) end

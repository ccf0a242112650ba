-- EXPECT: budget -- digits of another base one by one
local s = ("0"):rep(400) .. "1"
while true do tonumber(s, 2) tonumber(s, 36) tonumber(("z"):rep(60), 36) end

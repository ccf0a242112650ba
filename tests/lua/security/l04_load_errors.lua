-- EXPECT: budget -- an error is explained by reading the text again, which is paid for again
-- allow-load
local text = ("a = 1 "):rep(2000) .. "a = ="
while true do pcall(loadstring, text) end

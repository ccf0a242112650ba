-- EXPECT: budget -- a for bound of 4 MB was converted for nothing: this never ended, and over HTTP others waited 4 s
local s = ("0"):rep(4000000) .. "1"
while true do for i = s, 0 do end end

-- EXPECT: budget -- numbers to text
local i = 0
while true do i = i + 1 local s = i / 7 .. '' end

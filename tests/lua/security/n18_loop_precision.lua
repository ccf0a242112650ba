-- EXPECT: ok =11 -- 0.1 steps do what doubles do
local n = 0
for x = 0, 1, 0.1 do n = n + 1 end
return n

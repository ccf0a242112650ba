-- EXPECT: ok =0 -- NaN and infinite bounds
local n = 0
for i = 0 / 0, 1 do n = n + 1 end for i = 1, 0 / 0 do n = n + 1 end for i = 1, 2, 0 / 0 do n = n + 1 end
for i = 1, -math.huge do n = n + 1 end return n

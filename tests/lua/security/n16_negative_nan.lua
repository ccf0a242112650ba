-- EXPECT: ok -- NaN of either sign as text, in a loop
local n = 0
for i = 1, 1000 do n = n + #tostring(-(0/0)) + #tostring(0/0) + #((0/0) .. '') end
return n > 0

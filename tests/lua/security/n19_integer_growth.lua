-- EXPECT: ok =inf -- no big integers hide behind numbers
local n = 3
for i = 1, 60 do n = n * n end
return n

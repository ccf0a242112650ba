-- EXPECT: ok =0 -- a NaN step or limit ends at once
local n = 0
for i = 1, 0/0 do n = n + 1 end
for i = 0/0, 1 do n = n + 1 end
for i = 1, 10, 0/0 do n = n + 1 end
return n

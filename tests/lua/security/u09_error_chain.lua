-- EXPECT: ok =1000 -- errors that carry errors
local e = {}
for i = 1, 1000 do local ok, x = pcall(error, {inner = e}) e = x end
local n = 0
while e.inner do n = n + 1 e = e.inner end
return n

-- EXPECT: ok =3 -- the subject variable changes during gmatch
local s, n = 'a b c', 0
for w in s:gmatch('%a') do s = s .. s n = n + 1 end
return n

-- EXPECT: ok =false -- a replacement function that raises
local ok
for i = 1, 1000 do ok = pcall(string.gsub, 'abc', '.', function(c) if c == 'c' then error(c) end end) end
return ok

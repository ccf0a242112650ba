-- EXPECT: budget -- each letter of a repeated literal was kept with all that follow: 67 MB for 10, and for ever in the process
local re = require "re"
for k = 1, 400 do
  re.find("b", "a{1000}a{" .. 900 + k % 99 .. "}" .. ("c"):rep(k % 7), "")
end

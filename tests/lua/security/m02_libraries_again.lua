-- EXPECT: ok =true -- a library that was removed was made again for nothing: 25 MB beyond each MB charged
math = nil
local loaded = package.loaded
loaded.math = nil
local made = require "math"
for i = 1, 1000 do
  loaded.math = nil
  if require "math" ~= made then return false end
end
return true

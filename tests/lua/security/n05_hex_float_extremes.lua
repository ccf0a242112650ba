-- EXPECT: ok -- hex floats with huge exponents
local t = {tonumber("0x1p99999999999"), tonumber("0x1p-99999999999"), tonumber("0x" .. ("0"):rep(100000) .. "1"), tonumber("0x." .. ("0"):rep(100000) .. "1"), tonumber("0x1p" .. ("9"):rep(10000))}
return #t

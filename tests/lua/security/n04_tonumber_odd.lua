-- EXPECT: ok =nil -- odd numerals
local bad = {"0x", "0xg", "1e", "1e+", "e5", ".", "0x.", "0x.p1", "0x1p", "1__0", "1_0", "infinity", "nan", "inf", "-inf", "1j", "0b1", "0o7", "1L", "\217\161", "1e5_0", "0x1p+", "--1", "+-1", "1 1", "\0", "1\0002"}
local n
for _, s in ipairs(bad) do n = n or (tonumber(s) and #s < 6 and not s:find("\0") and s) or nil end
return n

-- EXPECT: ok =nil -- a numeral that fails at its last byte was tried at every length: 5e9 steps for one instruction
return tostring(tonumber(("1"):rep(100000) .. "x"))

-- EXPECT: ok =inf -- powers that overflow, vanish or leave the reals
local r = {10 ^ 400, (-8) ^ (1/3), 0 ^ -1, (-0.0) ^ -1, 2 ^ 1e308, (-2) ^ 1e308, 0 ^ 0, (1/0) ^ 0, (-1) ^ (1/0), 1e308 * 1e308, -1e308 * 1e308}
return r[1]

-- EXPECT: ok -- ranges that wrap
pcall(unpack, {}, -2^31, 2^31)
pcall(unpack, {}, 2^53, 2^53 + 1)
pcall(unpack, {}, 1, 1/0)
return (pcall(unpack, {}, 1, 2^31))

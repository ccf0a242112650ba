-- EXPECT: budget -- a float loop that cannot reach its limit
for i = 2^53, 2^54 do end

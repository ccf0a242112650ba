-- EXPECT: budget -- up to infinity
for i = 1, math.huge do end

-- EXPECT: budget -- busy waiting for the clock
local t = os.clock()
while os.clock() - t < 1e6 do end

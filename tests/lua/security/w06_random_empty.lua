-- EXPECT: error -- no whole interval
return math.random(0)

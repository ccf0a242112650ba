-- EXPECT: ok =true -- a seed belongs to the run
math.randomseed(42) local b = math.random() math.randomseed(42)
return b == math.random()

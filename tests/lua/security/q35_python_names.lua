-- EXPECT: ok =13 -- names that are special in Python
local __class__, __builtins__, __import__, self, None, True, lambda, yield, await, async, nonlocal, fuel, alloc = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
return __class__ + __builtins__ + __import__ + self + None + True + lambda + yield + await + async + nonlocal + fuel + alloc

-- Minus zero, made at run time (5.1 folds constants, and merges 0 and -0 among them).
local zero, minus_one = 0, -1
local negative = zero * minus_one
print(negative, -zero, zero / minus_one) --> -0\t-0\t-0
print(1 / negative, 1 / zero) --> -inf\tinf
print(negative == zero, negative < zero, zero < negative) --> true\tfalse\tfalse
print(negative + zero, negative - zero, zero - zero, negative + negative) --> 0\t-0\t0\t-0
print(tostring(negative), negative .. "", ("%d"):format(negative), ("%g"):format(negative), ("%.1f"):format(negative)) --> -0\t-0\t0\t-0\t-0.0
local t = {}
t[negative] = "same key"
print(t[zero], next(t) == 0) --> same key\ttrue
print(math.abs(negative), math.floor(negative), math.ceil(negative), math.max(zero, negative), math.min(zero, negative)) --> 0\t-0\t-0\t0\t0
print(math.sqrt(negative), math.floor(-0.5), math.ceil(-0.5), tonumber("-0"), tonumber("-0") == 0) --> -0\t-1\t-0\t-0\ttrue
print(negative % 5, zero % minus_one, 5 % minus_one, -5 % 5) --> 0\t0\t0\t0
print(string.rep("x", negative), #string.rep("x", negative)) --> \t0
print(negative * negative, negative * minus_one, -negative) --> 0\t0\t0
print(math.fmod(minus_one, 1), math.modf(negative)) --> -0\t-0\t-0

-- Arithmetic on numbers: results, edges, precedence.
print(1 + 2) --> 3
print(7 - 10) --> -3
print(6 * 7) --> 42
print(7 / 2) --> 3.5
print(2 ^ 10) --> 1024
print(7 % 3) --> 1
print(-7 % 3) --> 2
print(7 % -3) --> -2
print(-7 % -3) --> -1
print(5.5 % 2) --> 1.5
print(-5.5 % 2) --> 0.5
print(5 % 1.5) --> 0.5
print(1 / 3) --> 0.33333333333333
print(1 / 0) --> inf
print(-1 / 0) --> -inf
print(0 / 1) --> 0
print(0 ^ 0) --> 1
print(0 ^ -1) --> inf
print((-8) ^ (1 / 3) ~= (-8) ^ (1 / 3)) --> true
print(2 ^ 0.5) --> 1.4142135623731
print(2 ^ -2) --> 0.25
print((-2) ^ 3) --> -8
print((-2) ^ 2) --> 4
print(-2 ^ 2) --> -4
print(2 ^ 3 ^ 2) --> 512
print(2 ^ -1 ^ 2) --> 0.5
print(-3 ^ 2) --> -9
print(2 * 3 ^ 2) --> 18
print(1 + 2 * 3 - 4 / 2) --> 5
print((1 + 2) * 3) --> 9
print(10 - 5 - 2) --> 3
print(100 / 10 / 2) --> 5
print(7 % 4 % 2) --> 1
print(2 + 3 .. 4 + 5) --> 59
print(1 .. 2 .. 3) --> 123
print(not 1 == 2) --> false
print(not (1 == 2)) --> true
print(-"2" + 0) --> -2
print(- -2) --> 2
print(-(-2)) --> 2
print(not not nil) --> false
print(#"abc" + 1) --> 4
print(-#"abc") --> -3
print(2 ^ #"abc") --> 8
print(1e308 + 1e308) --> inf
print(-1e308 - 1e308) --> -inf
local zero = 0
print(-zero) --> -0
print(0 - 0) --> 0
print(-zero + 0) --> 0
print(zero * -5) --> -0
print((-zero) * (-zero)) --> 0
print(5 % (1 / 0) == 5 % (1 / 0)) --> false
print(math.huge - 1) --> inf
print(-math.huge) --> -inf
print(math.huge * 0 ~= math.huge * 0) --> true
print(0 / 0 == 0 / 0) --> false
print(0 / 0 ~= 0 / 0) --> true
print(0 / 0 < 1) --> false
print(0 / 0 > 1) --> false
print(not (0 / 0 >= 1)) --> true
print(1 % 0 ~= 1 % 0) --> true
print(1e15 % 7) --> 6
print(2^53 % 10) --> 2
print(-1 % 1e300) --> 1e+300
print(1e-300 % 1) --> 1e-300
print(6 % -4) --> -2
print(-6 % 4) --> 2
print(0.3 % 0.1) --> 0.1
print(1e300 * 1e10 == 1/0) --> true
print(3 % -1) --> 0
print(-3 % 1) --> 0
print(5 - -5) --> 10
print(2 ^ 1023 * 2) --> inf
print(2 ^ 1024) --> inf
print(10 ^ 308) --> 1e+308
print(10 ^ -308) --> 1e-308
print(10 ^ 309) --> inf
print(1.5 + 1.5) --> 3
print(0.1 + 0.2 == 0.3) --> false
print(0.5 + 0.5 == 1) --> true
print(4503599627370497.5) --> 4.5035996273705e+15
print(2^52 + 0.5) --> 4.5035996273705e+15
print(123456789 * 987654321) --> 1.2193263111264e+17
print(-7 / 2) --> -3.5
print(7 / -2) --> -3.5
print(1e2 ^ 2) --> 10000
print(8 ^ (1/3)) --> 2
print(27 ^ (1/3) == 3) --> true

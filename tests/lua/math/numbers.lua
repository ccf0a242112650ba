-- Doubles at their edges, integer idioms, rounding habits.
local function round(x, n) local m = 10 ^ (n or 0) return math.floor(x * m + 0.5) / m end
print(round(2.5)) --> 3
print(round(-2.5)) --> -2
print(round(3.14159, 2)) --> 3.14
print(round(1e15 + 0.3)) --> 1e+15
print(7 - 7 % 3, (7 - 7 % 3) / 3) --> 6\t2
print(math.floor(7 / 2), math.floor(-7 / 2), math.ceil(-7 / 2)) --> 3\t-4\t-3
print(2 ^ 31 - 1, 2 ^ 32, 2 ^ 53 + 1) --> 2147483647\t4294967296\t9.007199254741e+15
print(9007199254740992 + 1 == 9007199254740992) --> true
print(0.1 + 0.2 - 0.3) --> 5.5511151231258e-17
print(1e16 + 1 - 1e16) --> 0
print(100 * 1.1) --> 110
print(1 / 3 * 3 == 1) --> true
local function isint(x) return x == math.floor(x) end
print(isint(3), isint(3.5), isint(-3), isint(1e300)) --> true\tfalse\ttrue\ttrue
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
print(gcd(48, 18), gcd(17, 5), gcd(0, 5), gcd(1e15, 1e9)) --> 6\t1\t5\t1000000000
local function isprime(n) if n < 2 then return false end for i = 2, math.floor(math.sqrt(n)) do if n % i == 0 then return false end end return true end
local primes = {}
for i = 1, 60 do if isprime(i) then primes[#primes + 1] = i end end
print(table.concat(primes, " ")) --> 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59
local function base(n, b) local digits = "0123456789abcdefghijklmnopqrstuvwxyz" local s = "" repeat local d = n % b s = digits:sub(d + 1, d + 1) .. s n = (n - d) / b until n == 0 return s end
print(base(255, 2), base(255, 16), base(123456789, 36), base(0, 2)) --> 11111111\tff\t21i3v9\t0
print(tonumber(base(987654, 7), 7)) --> 987654
local hash = 5381
for c in ("keystone"):gmatch(".") do hash = (hash * 33 + c:byte()) % 4294967296 end
print(hash) --> 3163813111
local h = 2166136261
for i = 1, #"user-42" do h = (h * 16777619 + ("user-42"):byte(i)) % 2 ^ 32 end
print(h, h % 100) --> 1730480674\t74
local s = 0
for i = 1, 100 do s = s + 1 / i end
print(s) --> 5.1873775176396
s = 0
for i = 1, 1000 do s = s + (i % 2 == 0 and -1 or 1) / (2 * i - 1) end
print(4 * s) --> 3.1405926538398
print((1 + 5 ^ 0.5) / 2) --> 1.6180339887499
local e, f = 1, 1
for i = 1, 20 do f = f * i e = e + 1 / f end
print(e) --> 2.718281828459
print(f) --> 2.4329020081766e+18
print(2 ^ 10 == 1024, 10 ^ 2 == 100, (-1) ^ 3, (-1) ^ 2) --> true\ttrue\t-1\t1
local x = 2
for _ = 1, 6 do x = (x + 2 / x) / 2 end
print(x, x == math.sqrt(2)) --> 1.4142135623731\tfalse
print(1e308 * 10 == math.huge, -1e308 * 10 == -math.huge, math.huge == math.huge, math.huge > 1e308) --> true\ttrue\ttrue\ttrue
print(5 % 3, -5 % 3, 5 % -3, -5 % -3, 5.25 % 1, -5.25 % 1, 1e17 % 3) --> 2\t1\t-1\t-2\t0.25\t0.75\t0
print(math.floor(2 ^ 52 + 0.5) == 2 ^ 52, math.floor(-2 ^ 40 - 0.5)) --> true\t-1099511627777
local count = 0
for v = 0, 1, 0.1 do count = count + 1 end
print(count) --> 11
local mantissa, exponent = math.frexp(10)
print(mantissa, exponent, math.ldexp(mantissa, exponent)) --> 0.625\t4\t10
for _, v in ipairs {0, 1, 10, 99, 100, 1234.5, 99999.999, 1e-7} do print(v, ("%d"):format(v), ("%.2f"):format(v), ("%g"):format(v), ("%e"):format(v)) end --> 0\t0\t0.00\t0\t0.000000e+00
--> 1\t1\t1.00\t1\t1.000000e+00
--> 10\t10\t10.00\t10\t1.000000e+01
--> 99\t99\t99.00\t99\t9.900000e+01
--> 100\t100\t100.00\t100\t1.000000e+02
--> 1234.5\t1234\t1234.50\t1234.5\t1.234500e+03
--> 99999.999\t99999\t100000.00\t100000\t1.000000e+05
--> 1e-07\t0\t0.00\t1e-07\t1.000000e-07
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan < nan, nan > nan, nan <= nan, not (nan < 1)) --> false\ttrue\tfalse\tfalse\tfalse\ttrue
print(math.max(nan, 1) ~= math.max(nan, 1), math.min(1, nan)) --> true\t1
local t = {}
print(t[nan], pcall(function() t[nan] = 1 end)) --> nil\tfalse\tnumbers.lua:67: table index is NaN
print(pcall(rawset, t, nan, 1)) --> false\ttable index is NaN
print(tostring(1e15), tostring(1e14), tostring(-1e15), tostring(123456.789e10)) --> 1e+15\t1e+14\t-1e+15\t1.23456789e+15
local big = 1
for _ = 1, 30 do big = big * 10 print(big) end --> 10
--> 100
--> 1000
--> 10000
--> 100000
--> 1000000
--> 10000000
--> 100000000
--> 1000000000
--> 10000000000
--> 100000000000
--> 1000000000000
--> 10000000000000
--> 1e+14
--> 1e+15
--> 1e+16
--> 1e+17
--> 1e+18
--> 1e+19
--> 1e+20
--> 1e+21
--> 1e+22
--> 1e+23
--> 1e+24
--> 1e+25
--> 1e+26
--> 1e+27
--> 1e+28
--> 1e+29
--> 1e+30
local small = 1
for _ = 1, 8 do small = small / 10 print(small) end --> 0.1
--> 0.01
--> 0.001
--> 0.0001
--> 1e-05
--> 1e-06
--> 1e-07
--> 1e-08
for _, v in ipairs {1/3, 2/3, 10/3, 100/3, 1e5/3, 1e10/3, 1e13/3, 1e14/3, 1e15/3, 1e16/3} do print(v, -v) end --> 0.33333333333333\t-0.33333333333333
--> 0.66666666666667\t-0.66666666666667
--> 3.3333333333333\t-3.3333333333333
--> 33.333333333333\t-33.333333333333
--> 33333.333333333\t-33333.333333333
--> 3333333333.3333\t-3333333333.3333
--> 3333333333333.3\t-3333333333333.3
--> 33333333333333\t-33333333333333
--> 3.3333333333333e+14\t-3.3333333333333e+14
--> 3.3333333333333e+15\t-3.3333333333333e+15

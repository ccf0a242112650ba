-- Every function of the math library: values, edges, refusals.
print(math.abs(0)) --> 0
print(math.abs(-5)) --> 5
print(math.abs(5.5)) --> 5.5
print(math.abs(-1/0)) --> inf
print(math.abs('-7')) --> 7
print(math.floor(3.7)) --> 3
print(math.floor(-3.7)) --> -4
print(math.floor(3)) --> 3
print(math.floor(-0.5)) --> -1
print(math.floor(1e300)) --> 1e+300
print(math.floor(1/0)) --> inf
print(math.floor('2.9')) --> 2
print(math.ceil(3.2)) --> 4
print(math.ceil(-3.2)) --> -3
print(math.ceil(3)) --> 3
print(math.ceil(0.5)) --> 1
print(math.ceil(1e300)) --> 1e+300
print(math.ceil(-1/0)) --> -inf
print(math.sqrt(16)) --> 4
print(math.sqrt(2)) --> 1.4142135623731
print(math.sqrt(0)) --> 0
print(math.sqrt(1/0)) --> inf
print(math.sqrt('9')) --> 3
print(math.exp(0)) --> 1
print(math.exp(1)) --> 2.718281828459
print(math.exp(-1)) --> 0.36787944117144
print(math.exp(1000)) --> inf
print(math.exp(-1000)) --> 0
print(math.exp(-1/0)) --> 0
print(math.log(1)) --> 0
print(math.log(10)) --> 2.302585092994
print(math.log(0)) --> -inf
print(math.log(2.718281828459045)) --> 1
print(math.log(1/0)) --> inf
print(math.log(100, 10)) --> 4.6051701859881
print(math.log10(1000)) --> 3
print(math.log10(1)) --> 0
print(math.log10(0.001)) --> -3
print(math.log10(0)) --> -inf
print(math.log10(2)) --> 0.30102999566398
print(math.sin(0)) --> 0
print(math.sin(1)) --> 0.8414709848079
print(math.sin(math.pi / 2)) --> 1
print(math.sin(-1)) --> -0.8414709848079
print(math.sin(100)) --> -0.50636564110976
print(math.cos(0)) --> 1
print(math.cos(1)) --> 0.54030230586814
print(math.cos(math.pi)) --> -1
print(math.cos(-1)) --> 0.54030230586814
print(math.cos(100)) --> 0.86231887228768
print(math.tan(0)) --> 0
print(math.tan(1)) --> 1.5574077246549
print(math.tan(math.pi / 4)) --> 1
print(math.tan(-1)) --> -1.5574077246549
print(math.asin(0)) --> 0
print(math.asin(1)) --> 1.5707963267949
print(math.asin(0.5)) --> 0.5235987755983
print(math.asin(-1)) --> -1.5707963267949
print(math.acos(1)) --> 0
print(math.acos(0.5)) --> 1.0471975511966
print(math.acos(-1)) --> 3.1415926535898
print(math.acos(0)) --> 1.5707963267949
print(math.atan(0)) --> 0
print(math.atan(1)) --> 0.78539816339745
print(math.atan(-1)) --> -0.78539816339745
print(math.atan(1/0)) --> 1.5707963267949
print(math.sinh(0)) --> 0
print(math.sinh(1)) --> 1.1752011936438
print(math.sinh(-2)) --> -3.626860407847
print(math.cosh(0)) --> 1
print(math.cosh(1)) --> 1.5430806348152
print(math.cosh(-2)) --> 3.7621956910836
print(math.tanh(0)) --> 0
print(math.tanh(1)) --> 0.76159415595576
print(math.tanh(-2)) --> -0.96402758007582
print(math.tanh(100)) --> 1
print(math.deg(math.pi)) --> 180
print(math.deg(1)) --> 57.295779513082
print(math.deg(0)) --> 0
print(math.deg(-math.pi / 2)) --> -90
print(math.rad(180)) --> 3.1415926535898
print(math.rad(1)) --> 0.017453292519943
print(math.rad(0)) --> 0
print(math.rad(-90)) --> -1.5707963267949
print(math.frexp(8)) --> 0.5\t4
print(math.frexp(0)) --> 0\t0
print(math.frexp(0.3)) --> 0.6\t-1
print(math.frexp(-5)) --> -0.625\t3
print(math.frexp(1)) --> 0.5\t1
print(math.frexp(1e300)) --> 0.74661089480258\t997
print(math.modf(3.7)) --> 3\t0.7
print(math.modf(-3.7)) --> -3\t-0.7
print(math.modf(5)) --> 5\t0
print(math.modf(0.5)) --> 0\t0.5
print(math.modf(1/0)) --> inf\t0
print(math.modf(-1/0)) --> -inf\t-0
print(math.modf(1e15 + 0.5)) --> 1e+15\t0.5
print(math.sqrt(-1) ~= math.sqrt(-1)) --> true
print(math.log(-1) ~= math.log(-1)) --> true
print(math.acos(2) ~= math.acos(2)) --> true
print(math.asin(-2) ~= math.asin(-2)) --> true
print(math.sin(1/0) ~= math.sin(1/0)) --> true
print(math.log10(-1) ~= math.log10(-1)) --> true
print(math.fmod(1, 0) ~= math.fmod(1, 0)) --> true
print(math.fmod(1/0, 1) ~= math.fmod(1/0, 1)) --> true
print(math.cos(1/0) ~= math.cos(1/0)) --> true
print(math.floor(0/0) ~= math.floor(0/0)) --> true
print(math.abs(0/0) ~= 0) --> true
print(math.atan2(1, 1)) --> 0.78539816339745
print(math.atan2(-1, -1)) --> -2.3561944901923
print(math.atan2(0, -1)) --> 3.1415926535898
print(math.atan2(1, 0)) --> 1.5707963267949
print(math.atan2(0, 0)) --> 0
print(math.fmod(7, 3)) --> 1
print(math.fmod(-7, 3)) --> -1
print(math.fmod(7, -3)) --> 1
print(math.fmod(5.5, 2)) --> 1.5
print(math.fmod(1, 1/0)) --> 1
print(math.fmod(1e300, 7)) --> 1
print(math.pow(2, 10)) --> 1024
print(math.pow(2, 0.5)) --> 1.4142135623731
print(math.pow(0, 0)) --> 1
print(math.pow(-2, 3)) --> -8
print(math.pow(2, -1)) --> 0.5
print(math.pow(10, 400)) --> inf
print(math.pow(-8, 1/3) ~= math.pow(-8, 1/3)) --> true
print(math.ldexp(0.5, 4)) --> 8
print(math.ldexp(1, -1)) --> 0.5
print(math.ldexp(1, 2000)) --> inf
print(math.ldexp(1, -2000)) --> 0
print(math.ldexp(3, 2.9)) --> 12
print(math.max(1)) --> 1
print(math.max(1, 5, 3)) --> 5
print(math.max(-1, -5)) --> -1
print(math.max(1/0, 5)) --> inf
print(math.max('3', '20')) --> 20
print(math.min(1)) --> 1
print(math.min(1, 5, 3)) --> 1
print(math.min(-1, -5)) --> -5
print(math.min(-1/0, 5)) --> -inf
print(math.min('3', '20')) --> 3
print(math.max(1, 2.5)) --> 2.5
print(math.min(1, 0/0) == 1) --> true
print(math.max(1, 0/0) == 1) --> true
print(math.max(0/0, 1) ~= math.max(0/0, 1)) --> true
print(math.pi) --> 3.1415926535898
print(math.huge) --> inf
print(-math.huge) --> -inf
print(math.pi == 3.141592653589793) --> true
print(math.huge == 1/0) --> true
print(type(math.random())) --> number
print(math.random(1)) --> 1
print(math.random(5, 5)) --> 5
print(math.random(1) == 1 and math.random(3) <= 3) --> true
print(math.tanh(0.5)) --> 0.46211715726001
print(math.floor(-0.0000001)) --> -1
print(math.exp(0.5) * math.exp(0.5) - math.exp(1) < 1e-15) --> true
local ok = true
for _ = 1, 200 do
  local a, b, c = math.random(), math.random(10), math.random(-3, 3)
  ok = ok and a >= 0 and a < 1 and b >= 1 and b <= 10 and b == math.floor(b) and c >= -3 and c <= 3
end
print(ok) --> true
math.randomseed(42)
local x, y = math.random(1000), math.random(1000)
math.randomseed(42)
print(x == math.random(1000), y == math.random(1000)) --> true\ttrue
print(math.randomseed(1), select("#", math.randomseed(1))) --> nil\t0
print(pcall(math.abs)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.floor)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.sqrt)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.sin)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.log)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.exp)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.deg)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.frexp)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.modf)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.max)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.min)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.randomseed)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(math.abs, 'x')) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(math.abs, {})) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(math.abs, nil)) --> false\tbad argument #1 to '?' (number expected, got nil)
print(pcall(math.floor, 'abc')) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(math.floor, true)) --> false\tbad argument #1 to '?' (number expected, got boolean)
print(pcall(math.max, 1, 'x')) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(math.max, {})) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(math.min, 1, nil)) --> false\tbad argument #2 to '?' (number expected, got nil)
print(pcall(math.pow, 2)) --> false\tbad argument #2 to '?' (number expected, got no value)
print(pcall(math.pow, 'a', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(math.fmod, 1)) --> false\tbad argument #2 to '?' (number expected, got no value)
print(pcall(math.ldexp, 1, {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(math.atan2, 1)) --> false\tbad argument #2 to '?' (number expected, got no value)
print(pcall(math.random, 0)) --> false\tbad argument #1 to '?' (interval is empty)
print(pcall(math.random, -5)) --> false\tbad argument #1 to '?' (interval is empty)
print(pcall(math.random, 5, 1)) --> false\tbad argument #2 to '?' (interval is empty)
print(pcall(math.random, 'x')) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(math.random, 1, 2, 3)) --> false\twrong number of arguments
print(pcall(math.random, {})) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(math.sqrt, '')) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(math.sqrt, '0x10')) --> true\t4
print(pcall(math.sqrt, ' 4 ')) --> true\t2
print(pcall(function() local _ = math.abs() end)) --> false\tfunctions.lua:204: bad argument #1 to 'abs' (number expected, got no value)
print(pcall(function() local _ = math.floor({}) end)) --> false\tfunctions.lua:205: bad argument #1 to 'floor' (number expected, got table)
print(pcall(function() local _ = math.max() end)) --> false\tfunctions.lua:206: bad argument #1 to 'max' (number expected, got no value)
print(pcall(function() local _ = math.random(0) end)) --> false\tfunctions.lua:207: bad argument #1 to 'random' (interval is empty)
print(pcall(function() local _ = math.random(2, 1) end)) --> false\tfunctions.lua:208: bad argument #2 to 'random' (interval is empty)
print(pcall(function() local _ = math.random(1, 2, 3) end)) --> false\tfunctions.lua:209: wrong number of arguments
print(pcall(function() local _ = math.sqrt('x') end)) --> false\tfunctions.lua:210: bad argument #1 to 'sqrt' (number expected, got string)
print(pcall(function() local _ = math.nothing(1) end)) --> false\tfunctions.lua:211: attempt to call field 'nothing' (a nil value)
print(pcall(function() local _ = math.pi() end)) --> false\tfunctions.lua:212: attempt to call field 'pi' (a number value)
print(pcall(function() math.huge.x = 1 end)) --> false\tfunctions.lua:213: attempt to index field 'huge' (a number value)

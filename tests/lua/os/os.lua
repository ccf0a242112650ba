-- os.date, os.time, os.difftime, os.clock with fixed times, in UTC and the C locale.
local T = 1700000000
print(os.date("!%Y-%m-%d %H:%M:%S", T)) --> 2023-11-14 22:13:20
print(os.date("%Y-%m-%d %H:%M:%S", T)) --> 2023-11-14 22:13:20
print(os.date("!%a %A %b %B", T)) --> Tue Tuesday Nov November
print(os.date("!%d %H %I %j %m %M %p %S", T)) --> 14 22 10 318 11 13 PM 20
print(os.date("!%U %w %W", T)) --> 46 2 46
print(os.date("!%x", T)) --> 11/14/23
print(os.date("!%X", T)) --> 22:13:20
print(os.date("!%c", T)) --> Tue Nov 14 22:13:20 2023
print(os.date("!%y %Y", T)) --> 23 2023
print(os.date("!%Z", T)) --> GMT
print(os.date("%Z", T)) --> UTC
print(os.date("!%%", T)) --> %
print(os.date("!100%%", T)) --> 100%
print(os.date("", T)) -->
print(os.date("!", T)) -->
print(os.date("no directives", T)) --> no directives
print(os.date("!%H:%M", T)) --> 22:13
print(os.date("!%D", T)) --> 11/14/23
print(os.date("!%F %T", T)) --> 2023-11-14 22:13:20
print(os.date("!%e|%k|%l", T)) --> 14|22|10
print(os.date("!%h", T)) --> Nov
print(os.date("!%n|%t|", T)) -->
--> |\t|
print(os.date("!%R", T)) --> 22:13
print(os.date("!%C", T)) --> 20
print(os.date("!%u %V %G %g", T)) --> 2 46 2023 23
print(os.date("!%r", T)) --> 10:13:20 PM
print(os.date("!%s", T)) --> 1700000000
print(os.date("!%P", T)) --> pm
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 0)) --> 1970-01-01 00:00:00 Thu 001 00 00
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 1)) --> 1970-01-01 00:00:01 Thu 001 00 00
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 86399)) --> 1970-01-01 23:59:59 Thu 001 00 00
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 86400)) --> 1970-01-02 00:00:00 Fri 002 00 00
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", -1)) --> 1969-12-31 23:59:59 Wed 365 52 52
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 951782400)) --> 2000-02-29 00:00:00 Tue 060 09 09
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 1709164800)) --> 2024-02-29 00:00:00 Thu 060 08 09
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 4102444800)) --> 2100-01-01 00:00:00 Fri 001 00 00
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 2147483647)) --> 2038-01-19 03:14:07 Tue 019 03 03
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 2147483648)) --> 2038-01-19 03:14:08 Tue 019 03 03
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 1234567890.9)) --> 2009-02-13 23:31:30 Fri 044 06 06
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", '1234567890')) --> 2009-02-13 23:31:30 Fri 044 06 06
print(os.date("!%Y-%m-%d %H:%M:%S %a %j %U %W", 253402300799)) --> 9999-12-31 23:59:59 Fri 365 52 52
local d = os.date("*t", T)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) --> 2023\t11\t14\t22\t13\t20\t3\t318\tfalse
d = os.date("!*t", 0)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) --> 1970\t1\t1\t0\t0\t0\t5\t1\tfalse
d = os.date("!*t", 951782400)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) --> 2000\t2\t29\t0\t0\t0\t3\t60\tfalse
local keys = {}
for k in pairs(d) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " ")) --> day hour isdst min month sec wday yday year
print(os.time({year = 2023, month = 11, day = 14, hour = 22, min = 13, sec = 20})) --> 1700000000
print(os.time({year = 1970, month = 1, day = 1, hour = 0})) --> 0
print(os.time({year = 1970, month = 1, day = 1})) --> 43200
print(os.time({year = 2000, month = 2, day = 29, hour = 0})) --> 951782400
print(os.time({year = 2001, month = 2, day = 29, hour = 0})) --> 983404800
print(os.time({year = 2023, month = 14, day = 1, hour = 0})) --> 1706745600
print(os.time({year = 2023, month = 0, day = 1, hour = 0})) --> 1669852800
print(os.time({year = 2023, month = 1, day = 0, hour = 0})) --> 1672444800
print(os.time({year = 2023, month = 1, day = 40, hour = 0})) --> 1675900800
print(os.time({year = 2023, month = 1, day = -5, hour = 0})) --> 1672012800
print(os.time({year = 2023, month = 1, day = 1, hour = 25})) --> 1672621200
print(os.time({year = 2023, month = 1, day = 1, hour = 0, min = 90})) --> 1672536600
print(os.time({year = 2023, month = 1, day = 1, hour = 0, min = 0, sec = -1})) --> 1672531199
print(os.time({year = 2023, month = 1, day = 1, hour = 0, min = 0, sec = 3600 * 24})) --> 1672617600
print(os.time({year = "2023", month = "1", day = "1", hour = "12"})) --> 1672574400
print(os.time({year = 2023, month = 1, day = 1, hour = 12, isdst = false})) --> 1672574400
print(os.time({year = 2023.9, month = 1.9, day = 1.9, hour = 12.9})) --> 1672574400
print(os.time({year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 58})) --> -2
print(os.time({year = 2100, month = 1, day = 1, hour = 0})) --> 4102444800
print(os.time(os.date("*t", T)) == T, os.time(os.date("!*t", T)) == T) --> true\ttrue
print(pcall(os.time, {year = 2023, month = 1})) --> false\tfield 'day' missing in date table
print(pcall(os.time, {year = 2023, day = 1})) --> false\tfield 'month' missing in date table
print(pcall(os.time, {month = 1, day = 1})) --> false\tfield 'year' missing in date table
print(pcall(os.time, {})) --> false\tfield 'day' missing in date table
print(pcall(os.time, 5)) --> false\tbad argument #1 to '?' (table expected, got number)
print(pcall(os.time, "x")) --> false\tbad argument #1 to '?' (table expected, got string)
print(pcall(os.time, {year = "x", month = 1, day = 1})) --> false\tfield 'year' missing in date table
print(pcall(os.time, {year = {}, month = 1, day = 1})) --> false\tfield 'year' missing in date table
print(pcall(function() os.time({}) end)) --> false\tos.lua:83: field 'day' missing in date table
print(pcall(function() os.time(1) end)) --> false\tos.lua:84: bad argument #1 to 'time' (table expected, got number)
print(type(os.time()), os.time() == math.floor(os.time()), os.time() > 1600000000, type(os.time(nil))) --> number\ttrue\ttrue\tnumber
print(os.difftime(T + 90, T), os.difftime(0, 10), os.difftime(5.5, 2)) --> 90\t-10\t3
print(os.difftime("10", "4")) --> 6
print(pcall(os.difftime)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(os.difftime, "x")) --> false\tbad argument #1 to '?' (number expected, got string)
print(type(os.clock()), os.clock() >= 0) --> number\ttrue
local c1 = os.clock()
for _ = 1, 10000 do end
print(os.clock() >= c1) --> true
print(type(os.date()), #os.date("%c", 0), os.date("%c", 0)) --> string\t24\tThu Jan  1 00:00:00 1970
print(pcall(os.date, {})) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(os.date, "%Y", "x")) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(os.date, "%Y", {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(os.date(5, 0)) --> 5
print(os.date("!%H", 3600 * 5), os.date("!%d/%m/%y", 86400 * 31)) --> 05\t01/02/70
for _, h in ipairs {0, 1, 11, 12, 13, 23} do print(os.date("!%H %I %p", h * 3600)) end --> 00 12 AM
--> 01 01 AM
--> 11 11 AM
--> 12 12 PM
--> 13 01 PM
--> 23 11 PM
for y = 1999, 2005 do print(y, os.date("!%U %W %j %w", os.time({year = y, month = 12, day = 31, hour = 12}))) end --> 1999\t52 52 365 5
--> 2000\t53 52 366 0
--> 2001\t52 53 365 1
--> 2002\t52 52 365 2
--> 2003\t52 52 365 3
--> 2004\t52 52 366 5
--> 2005\t52 52 365 6
local function days(m, y) return os.date("*t", os.time({year = y, month = m + 1, day = 0})).day end
for m = 1, 12 do print(m, days(m, 2023), days(m, 2024)) end --> 1\t31\t31
--> 2\t28\t29
--> 3\t31\t31
--> 4\t30\t30
--> 5\t31\t31
--> 6\t30\t30
--> 7\t31\t31
--> 8\t31\t31
--> 9\t30\t30
--> 10\t31\t31
--> 11\t30\t30
--> 12\t31\t31
local expires = os.date("!%a, %d %b %Y %H:%M:%S GMT", T + 3600)
print(expires) --> Tue, 14 Nov 2023 23:13:20 GMT
print(os.date("!%Y%m%dT%H%M%SZ", T)) --> 20231114T221320Z

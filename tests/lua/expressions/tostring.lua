-- tostring, tonumber, type and the printed form of values.
print(tostring(nil), tostring(true), tostring(false)) --> nil\ttrue\tfalse
print(tostring(12), tostring(-1.5), tostring("s"), tostring("")) --> 12\t-1.5\ts\t
print(type(nil), type(1), type("a"), type(true), type({}), type(print), type(function() end)) --> nil\tnumber\tstring\tboolean\ttable\tfunction\tfunction
print(tostring(print):match("^builtin") or tostring(print):match("^function")) --> function
print(tostring({}):match("^table: ") ~= nil) --> true
print(pcall(tostring)) --> false\tbad argument #1 to '?' (value expected)
print(pcall(type)) --> false\tbad argument #1 to '?' (value expected)
print(tostring(nil, 1), type(1, 2)) --> nil\tnumber
for _, n in ipairs {0, 1, -1, 0.5, -0.5, 100, 1e3, 1e13, 1e14, 1e15, 1e16, 123456789.123, 0.1, 1/3, 1e-4, 1e-5, 2^24, 2^53, -2^63, 1e300, 12345678901234, 123456789012345, 0.000123, 3.14159265358979, 99999999999999.5, 1e14 + 0.5, 5e-324, 1.7976931348623157e308} do
  print(tostring(n)) --> 0
--> 1
--> -1
--> 0.5
--> -0.5
--> 100
--> 1000
--> 10000000000000
--> 1e+14
--> 1e+15
--> 1e+16
--> 123456789.123
--> 0.1
--> 0.33333333333333
--> 0.0001
--> 1e-05
--> 16777216
--> 9.007199254741e+15
--> -9.2233720368548e+18
--> 1e+300
--> 12345678901234
--> 1.2345678901234e+14
--> 0.000123
--> 3.1415926535898
--> 1e+14
--> 1e+14
--> 4.9406564584125e-324
--> 1.7976931348623e+308
end
for _, s in ipairs {"10", "-10", "+10", " 10", "10 ", " 10 ", "1 0", "", " ", "0x10", "0X1F", "-0x10", "0x", "0xg", "x10", "1e1", "1e+1", "1e-1", "1e", "e1", ".", ".5", "5.", "-.5", "+.5", "1.2.3", "1,5", "0b1", "1_000", "10abc", "\n10\t", "1e400", "-1e400", "00012", "0x.8", "0x1p3", "--1", "+-1", "- 1", "1-", "١", "\16010"} do
  print((("%q"):format(s):gsub("%c", "?")), tonumber(s)) --> "10"\t10
--> "-10"\t-10
--> "+10"\t10
--> " 10"\t10
--> "10 "\t10
--> " 10 "\t10
--> "1 0"\tnil
--> ""\tnil
--> " "\tnil
--> "0x10"\t16
--> "0X1F"\t31
--> "-0x10"\t-16
--> "0x"\tnil
--> "0xg"\tnil
--> "x10"\tnil
--> "1e1"\t10
--> "1e+1"\t10
--> "1e-1"\t0.1
--> "1e"\tnil
--> "e1"\tnil
--> "."\tnil
--> ".5"\t0.5
--> "5."\t5
--> "-.5"\t-0.5
--> "+.5"\t0.5
--> "1.2.3"\tnil
--> "1,5"\tnil
--> "0b1"\tnil
--> "1_000"\tnil
--> "10abc"\tnil
--> "\\?10?"\t10
--> "1e400"\tinf
--> "-1e400"\t-inf
--> "00012"\t12
--> "0x.8"\t0.5
--> "0x1p3"\t8
--> "--1"\tnil
--> "+-1"\tnil
--> "- 1"\tnil
--> "1-"\tnil
--> "\xD9\xA1"\tnil
--> "\xA010"\tnil
end
for _, case in ipairs {{"10", 2}, {"ff", 16}, {"FF", 16}, {"zz", 36}, {"ZZ", 36}, {"8", 8}, {"7", 8}, {"777", 8}, {"12", 3}, {"102", 2}, {" 11 ", 2}, {"-11", 10}, {"1.5", 10}, {"1e1", 10}, {"1e1", 16}, {"", 10}, {" ", 16}, {"0x1f", 16}, {"1f", 10}, {"7fffffff", 16}, {"ffffffff", 16}, {"11111111111111111111111111111111", 2}, {"z", 35}, {"y", 35}, {"+7", 8}, {"1 1", 2}} do
  print(case[1], case[2], tonumber(case[1], case[2])) --> 10\t2\t2
--> ff\t16\t255
--> FF\t16\t255
--> zz\t36\t1295
--> ZZ\t36\t1295
--> 8\t8\tnil
--> 7\t8\t7
--> 777\t8\t511
--> 12\t3\t5
--> 102\t2\tnil
-->  11 \t2\t3
--> -11\t10\t-11
--> 1.5\t10\t1.5
--> 1e1\t10\t10
--> 1e1\t16\t481
--> \t10\tnil
-->  \t16\tnil
--> 0x1f\t16\t31
--> 1f\t10\tnil
--> 7fffffff\t16\t2147483647
--> ffffffff\t16\t4294967295
--> 11111111111111111111111111111111\t2\t4294967295
--> z\t35\tnil
--> y\t35\t34
--> +7\t8\t7
--> 1 1\t2\tnil
end
print(tonumber(10), tonumber(nil), tonumber(true), tonumber({}), tonumber(print)) --> 10\tnil\tnil\tnil\tnil
print(tonumber(10, 10), tonumber(5.0, 10)) --> 10\t5
print(tonumber(11, 2)) --> 3
print(pcall(tonumber)) --> false\tbad argument #1 to '?' (value expected)
print(pcall(tonumber, "10", 1)) --> false\tbad argument #2 to '?' (base out of range)
print(pcall(tonumber, "10", 37)) --> false\tbad argument #2 to '?' (base out of range)
print(pcall(tonumber, "10", 0)) --> false\tbad argument #2 to '?' (base out of range)
print(pcall(tonumber, "10", "x")) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(tonumber, {}, 10)) --> true\tnil
print(pcall(tonumber, nil, 10)) --> true\tnil
print(tonumber("10", nil), tonumber("10", "16"), tonumber("7", 8.9)) --> 10\t16\t7
print(tonumber("1e1") == 10, tonumber("0x1F") == 31, tonumber("  0x1F  ")) --> true\ttrue\t31
print(math.type, math.tointeger, utf8, table.move) --> nil\tnil\tnil\tnil

-- Strings where numbers are wanted, numbers where strings are.
print("10" + 5) --> 15
print("10" * "2") --> 20
print("3" - 1) --> 2
print("9" / "3") --> 3
print("2" ^ "3") --> 8
print("7" % "4") --> 3
print(-"5") --> -5
print(- "-5") --> 5
print("0x10" + 0) --> 16
print("0xA" * 1) --> 10
print(" 10 " + 1) --> 11
print("\t10\n" + 1) --> 11
print("1e2" + 0) --> 100
print("1E-2" + 0) --> 0.01
print(".5" + 0) --> 0.5
print("5." + 0) --> 5
print("+5" + 0) --> 5
print("-5" + 0) --> -5
print("-0x10" + 0) --> -16
print("1" .. 2) --> 12
print(1 .. "") --> 1
print(1.5 .. "|" .. -2) --> 1.5|-2
print(2^31 .. "") --> 2147483648
print(1e100 .. "") --> 1e+100
print((1/0) .. "") --> inf
print(10 == "10") --> false
print("10" == 10) --> false
print("abc" == "abc") --> true
print(0 == false) --> false
print(1 == true) --> false
print(nil == false) --> false
print("" == nil) --> false
print("10" + "20" .. "") --> 30
print(10 .. 20 + 5) --> 1025
print("a" < "b") --> true
print("a" < "B") --> false
print("10" < "9") --> true
print("" < "a") --> true
print("a" < "ab") --> true
print("Z" < "a") --> true
print("a\0b" < "a\0c") --> true
print("a" <= "a") --> true
print("\255" > "z") --> true
print(pcall(function() return 1 < "2" end)) --> false\tcoercion.lua:45: attempt to compare number with string
print(pcall(function() return "1" < 2 end)) --> false\tcoercion.lua:46: attempt to compare string with number
print(pcall(function() return {} < {} end)) --> false\tcoercion.lua:47: attempt to compare two table values
print(pcall(function() return nil < 1 end)) --> false\tcoercion.lua:48: attempt to compare nil with number
print(pcall(function() return true < false end)) --> false\tcoercion.lua:49: attempt to compare two boolean values
print(pcall(function() return {} <= 1 end)) --> false\tcoercion.lua:50: attempt to compare table with number
print(pcall(function() return "a" > 1 end)) --> false\tcoercion.lua:51: attempt to compare number with string
print(pcall(function() return print < print end)) --> false\tcoercion.lua:52: attempt to compare two function values
print(pcall(function() return "abc" + 1 end)) --> false\tcoercion.lua:53: attempt to perform arithmetic on a string value
print(pcall(function() return {} + 1 end)) --> false\tcoercion.lua:54: attempt to perform arithmetic on a table value
print(pcall(function() return 1 + nil end)) --> false\tcoercion.lua:55: attempt to perform arithmetic on a nil value
print(pcall(function() return "" + 1 end)) --> false\tcoercion.lua:56: attempt to perform arithmetic on a string value
print(pcall(function() return " " + 1 end)) --> false\tcoercion.lua:57: attempt to perform arithmetic on a string value
print(pcall(function() return "1 2" + 1 end)) --> false\tcoercion.lua:58: attempt to perform arithmetic on a string value
print(pcall(function() return "0x" + 1 end)) --> false\tcoercion.lua:59: attempt to perform arithmetic on a string value
print(pcall(function() return "1e" + 1 end)) --> false\tcoercion.lua:60: attempt to perform arithmetic on a string value
print(pcall(function() return "--1" + 1 end)) --> false\tcoercion.lua:61: attempt to perform arithmetic on a string value
print(pcall(function() return "1a" + 1 end)) --> false\tcoercion.lua:62: attempt to perform arithmetic on a string value
print(pcall(function() return -{} end)) --> false\tcoercion.lua:63: attempt to perform arithmetic on a table value
print(pcall(function() return -"x" end)) --> false\tcoercion.lua:64: attempt to perform arithmetic on a string value
print(pcall(function() return -nil end)) --> false\tcoercion.lua:65: attempt to perform arithmetic on a nil value
print(pcall(function() return #nil end)) --> false\tcoercion.lua:66: attempt to get length of a nil value
print(pcall(function() return #5 end)) --> false\tcoercion.lua:67: attempt to get length of a number value
print(pcall(function() return "a" .. nil end)) --> false\tcoercion.lua:68: attempt to concatenate a nil value
print(pcall(function() return "a" .. {} end)) --> false\tcoercion.lua:69: attempt to concatenate a table value
print(pcall(function() return true .. "a" end)) --> false\tcoercion.lua:70: attempt to concatenate a boolean value
print(pcall(function() return 1 .. print end)) --> false\tcoercion.lua:71: attempt to concatenate global 'print' (a function value)
print(("10"):rep("2")) --> 1010
print(("abc"):sub("2")) --> bc
print(("abc"):sub("2", "3")) --> bc
print(string.rep(5, 3)) --> 555
print(string.len(12345)) --> 5
print(string.upper(1.5)) --> 1.5
print((5 .. ""):len()) --> 1
print(math.max("10", 9)) --> 10
print(math.floor("3.7")) --> 3
print(string.char("65")) --> A
print(table.concat({1, 2, "3"}, 0)) --> 10203
print(tonumber("10") + 1) --> 11
print(tostring(10) .. 1) --> 101

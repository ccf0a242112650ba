-- len, sub, upper, lower, rep, reverse, byte, char: results and bounds.
local s = "Hello, World"
print(#s, s:len(), string.len(""), ("\0\0"):len()) --> 12\t12\t0\t2
for _, r in ipairs {{1}, {1, 5}, {8}, {-5}, {-5, -2}, {2, -2}, {0}, {0, 3}, {5, 2}, {13}, {12}, {12, 12}, {-12, 1}, {-100, 3}, {3, 100}, {-100, 100}, {1, 0}, {-1}, {-1, -1}, {1, -13}, {1.5, 3.9}, {"2", "4"}, {2^31, -1}, {-2^31, 5}, {1, 2^31}, {1e10, 1e11}, {-1e10, 1e10}} do
  print(tostring(r[1]), tostring(r[2]), "[" .. s:sub(r[1], r[2]) .. "]") --> 1\tnil\t[Hello, World]
--> 1\t5\t[Hello]
--> 8\tnil\t[World]
--> -5\tnil\t[World]
--> -5\t-2\t[Worl]
--> 2\t-2\t[ello, Worl]
--> 0\tnil\t[Hello, World]
--> 0\t3\t[Hel]
--> 5\t2\t[]
--> 13\tnil\t[]
--> 12\tnil\t[d]
--> 12\t12\t[d]
--> -12\t1\t[H]
--> -100\t3\t[Hel]
--> 3\t100\t[llo, World]
--> -100\t100\t[Hello, World]
--> 1\t0\t[]
--> -1\tnil\t[d]
--> -1\t-1\t[d]
--> 1\t-13\t[]
--> 1.5\t3.9\t[Hel]
--> 2\t4\t[ell]
--> 2147483648\t-1\t[]
--> -2147483648\t5\t[Hello]
--> 1\t2147483648\t[Hello, World]
--> 10000000000\t100000000000\t[]
--> -10000000000\t10000000000\t[Hello, World]
end
print(pcall(string.sub, "x")) --> false\tbad argument #2 to '?' (number expected, got no value)
print(pcall(string.sub)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.sub, "x", {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(string.sub, "x", 1, {})) --> false\tbad argument #3 to '?' (number expected, got table)
print(pcall(string.sub, nil, 1)) --> false\tbad argument #1 to '?' (string expected, got nil)
print(s:upper(), s:lower(), ("ÄÖ\255"):upper() == "ÄÖ\255", ("aZ09_{}[]@`"):upper(), ("aZ09_{}[]@`"):lower()) --> HELLO, WORLD\thello, world\ttrue\tAZ09_{}[]@`\taz09_{}[]@`
print(s:reverse(), (""):reverse() == "", ("ab\0c"):reverse() == "c\0ba", ("x"):reverse()) --> dlroW ,olleH\ttrue\ttrue\tx
print(("ab"):rep(3), ("ab"):rep(0) == "", ("ab"):rep(-1) == "", (""):rep(100) == "", ("x"):rep(1), ("x"):rep(2.9), ("x"):rep("3")) --> ababab\ttrue\ttrue\ttrue\tx\txx\txxx
print(("a"):rep(2, "ignored in 5.1")) --> aa
print(s:byte(), s:byte(1), s:byte(-1), s:byte(2, 4)) --> 72\t72\t100\t101\t108\t108
print(select("#", s:byte(100)), select("#", s:byte(5, 2)), select("#", s:byte(0)), select("#", s:byte(0, 2)), select("#", (""):byte()), select("#", s:byte(1, -1))) --> 0\t0\t0\t2\t0\t12
print(s:byte(-3, -1)) --> 114\t108\t100
print(("\0\127\128\255"):byte(1, -1)) --> 0\t127\t128\t255
print(s:byte(10, 100)) --> 114\t108\t100
print(string.char(72, 105), string.char() == "", #string.char(0, 0), string.char("72", 105.9)) --> Hi\ttrue\t2\tHi
print(string.char(255):byte(), string.char(0):byte()) --> 255\t0
print(pcall(string.char, 256)) --> false\tbad argument #1 to '?' (invalid value)
print(pcall(string.char, -1)) --> false\tbad argument #1 to '?' (invalid value)
print(pcall(string.char, "x")) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(string.char, 1, 2, {})) --> false\tbad argument #3 to '?' (number expected, got table)
print(pcall(string.char, 1, nil)) --> false\tbad argument #2 to '?' (number expected, got nil)
print(pcall(string.rep)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.rep, "x")) --> false\tbad argument #2 to '?' (number expected, got no value)
print(pcall(string.rep, "x", {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(string.rep, {}, 1)) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(string.len)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.len, {})) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(string.upper)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.lower, nil)) --> false\tbad argument #1 to '?' (string expected, got nil)
print(pcall(string.reverse, true)) --> false\tbad argument #1 to '?' (string expected, got boolean)
print(pcall(string.byte)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.byte, "x", "y")) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(function() return ("x"):rep() end)) --> false\tbasic.lua:65: bad argument #1 to 'rep' (number expected, got no value)
print(pcall(function() return ("x"):sub() end)) --> false\tbasic.lua:66: bad argument #1 to 'sub' (number expected, got no value)
print(pcall(function() return ("x"):rep({}) end)) --> false\tbasic.lua:67: bad argument #1 to 'rep' (number expected, got table)
print(pcall(function() return string.rep() end)) --> false\tbasic.lua:68: bad argument #1 to 'rep' (string expected, got no value)
print(pcall(function() local up = string.upper return up(nil) end)) --> false\tbasic.lua:69: bad argument #1 to 'up' (string expected, got nil)
print(pcall(function() return s.len() end)) --> false\tbasic.lua:70: bad argument #1 to 'len' (string expected, got no value)
print(pcall(function() return s.upper({}) end)) --> false\tbasic.lua:71: bad argument #1 to 'upper' (string expected, got table)
print(pcall(function() return ("x"):bad() end)) --> false\tbasic.lua:72: attempt to call method 'bad' (a nil value)
print(pcall(function() return s.x.y end)) --> false\tbasic.lua:73: attempt to index field 'x' (a nil value)
print(pcall(function() return #s.x end)) --> false\tbasic.lua:74: attempt to get length of field 'x' (a nil value)
print(string.rep("ab", 3):upper():reverse():sub(2, -2):len()) --> 4
print(("x"):rep(10):len(), #("x"):rep(1000), ("abc"):rep(100):sub(-3)) --> 10\t1000\tabc
print(string.len(10), string.rep(12, 2), string.upper(1e15), string.reverse(123), string.sub(12345, 2, 3), string.byte(7), string.lower(-1.5)) --> 2\t1212\t1E+15\t321\t23\t55\t-1.5
print("abc" < "abd", "abc" < "abcd", "" < "a", "a" < "", "Z" < "a", "a" <= "a", "\0" < "\1", "a\0" > "a", "é" > "z") --> true\ttrue\ttrue\tfalse\ttrue\ttrue\ttrue\ttrue\ttrue
print("a" .. "b" .. 1 .. 2.5 .. "c") --> ab12.5c
print(("%s"):rep(2, ","):format("a", "b")) --> ab
print(#("é"), ("é"):byte(1, -1)) --> 2\t195\t169
print(("é"):upper() == "é", ("日本"):len(), ("日本"):sub(1, 3), ("日本"):reverse():byte(1, -1)) --> true\t6\t\xE6\x97\xA5\t172\t156\t230\t165\t151\t230
print("1" == 1, "1" + 0 == 1, "a" ~= "a", "a" == "\97") --> false\ttrue\tfalse\ttrue
local parts = {}
for i = 1, 5 do parts[#parts + 1] = ("%d:%s"):format(i, ("*"):rep(i)) end
print(table.concat(parts, " ")) --> 1:* 2:** 3:*** 4:**** 5:*****
local acc = ""
for c in ("hello"):gmatch(".") do acc = c .. acc end
print(acc) --> olleh
local bytes = {("key=value"):byte(1, -1)}
print(#bytes, bytes[4], string.char(unpack(bytes))) --> 9\t61\tkey=value
print(("x"):len() + ("yy"):len() * ("zzz"):len()) --> 7
print(("a,b,c"):find(",", 1, true), ("a.b"):find(".", 1, true), ("a.b"):find("%."), ("abc"):find("b", -2), ("abc"):find("", 10), ("abc"):find("", 4)) --> 2\t2\t2\t2\t4\t4\t3

-- string.format: every directive, flags, width, precision, coercions, refusals.
local f = string.format
for _, c in ipairs {{"%d", 42}, {"%d", -42}, {"%5d|", 42}, {"%-5d|", 42}, {"%05d", 42}, {"%+d", 42}, {"% d", 42}, {"%+d", -42}, {"%.3d", 5}, {"%5.3d|", 5}, {"%-+5d|", 7}, {"%d", 3.99}, {"%d", -3.99}, {"%d", "10"}, {"%d", "0x10"}, {"%d", 2^31}, {"%d", 2^53}, {"%d", -2^53}, {"%d", 1e15}, {"%i", 42}, {"%3i|", 5}, {"%d", 0}, {"%.0d|", 0}, {"%+.0d|", 0}, {"%020d", -5}, {"%-020d|", 5}, {"%99d", 1}} do print(c[1], tostring(c[2]), f(c[1], c[2])) end --> %d\t42\t42
--> %d\t-42\t-42
--> %5d|\t42\t   42|
--> %-5d|\t42\t42   |
--> %05d\t42\t00042
--> %+d\t42\t+42
--> % d\t42\t 42
--> %+d\t-42\t-42
--> %.3d\t5\t005
--> %5.3d|\t5\t  005|
--> %-+5d|\t7\t+7   |
--> %d\t3.99\t3
--> %d\t-3.99\t-3
--> %d\t10\t10
--> %d\t0x10\t16
--> %d\t2147483648\t2147483648
--> %d\t9.007199254741e+15\t9007199254740992
--> %d\t-9.007199254741e+15\t-9007199254740992
--> %d\t1e+15\t1000000000000000
--> %i\t42\t42
--> %3i|\t5\t  5|
--> %d\t0\t0
--> %.0d|\t0\t|
--> %+.0d|\t0\t+|
--> %020d\t-5\t-0000000000000000005
--> %-020d|\t5\t5                   |
--> %99d\t1\t                                                                                                  1
for _, c in ipairs {{"%u", 42}, {"%u", 2^32}, {"%5u|", 7}, {"%o", 8}, {"%o", 511}, {"%#o", 8}, {"%x", 255}, {"%X", 255}, {"%#x", 255}, {"%#X", 255}, {"%08x", 48879}, {"%-8x|", 255}, {"%x", 0}, {"%#x", 0}, {"%.4x", 10}, {"%x", 2^32}, {"%x", 2^52}, {"%x", -1}, {"%u", -1}, {"%o", -1}, {"%x", "255"}, {"%x", 15.9}} do print(c[1], tostring(c[2]), f(c[1], c[2])) end --> %u\t42\t42
--> %u\t4294967296\t4294967296
--> %5u|\t7\t    7|
--> %o\t8\t10
--> %o\t511\t777
--> %#o\t8\t010
--> %x\t255\tff
--> %X\t255\tFF
--> %#x\t255\t0xff
--> %#X\t255\t0XFF
--> %08x\t48879\t0000beef
--> %-8x|\t255\tff      |
--> %x\t0\t0
--> %#x\t0\t0
--> %.4x\t10\t000a
--> %x\t4294967296\t100000000
--> %x\t4.5035996273705e+15\t10000000000000
--> %x\t-1\tffffffffffffffff
--> %u\t-1\t18446744073709551615
--> %o\t-1\t1777777777777777777777
--> %x\t255\tff
--> %x\t15.9\tf
for _, c in ipairs {{"%f", 3.14159}, {"%f", 1}, {"%.2f", 3.14159}, {"%.0f", 2.5}, {"%.0f", 3.5}, {"%.0f", 0.5}, {"%#.0f", 3}, {"%10.2f|", 3.14159}, {"%-10.2f|", 3.14159}, {"%+.1f", 3.14159}, {"%010.3f", -3.14159}, {"% f", 1}, {"%f", 1e15}, {"%f", 1e20}, {"%.10f", 0.1}, {"%.20f", 0.1}, {"%.3f", 2/3}, {"%f", 1/0}, {"%f", -1/0}, {"%5.1f|", 1/0}, {"%010f|", 1/0}, {"%.1f", 0.05}, {"%.1f", 0.15}, {"%.1f", 0.25}, {"%.1f", 0.35}, {"%.2f", 1.005}, {"%.2f", 1e10 / 3}, {"%5.0f|", 99.5}, {"%.15f", 1/3}, {"%f", "1.5"}, {"%.99f", 0.5}} do print(c[1], tostring(c[2]), f(c[1], c[2])) end --> %f\t3.14159\t3.141590
--> %f\t1\t1.000000
--> %.2f\t3.14159\t3.14
--> %.0f\t2.5\t2
--> %.0f\t3.5\t4
--> %.0f\t0.5\t0
--> %#.0f\t3\t3.
--> %10.2f|\t3.14159\t      3.14|
--> %-10.2f|\t3.14159\t3.14      |
--> %+.1f\t3.14159\t+3.1
--> %010.3f\t-3.14159\t-00003.142
--> % f\t1\t 1.000000
--> %f\t1e+15\t1000000000000000.000000
--> %f\t1e+20\t100000000000000000000.000000
--> %.10f\t0.1\t0.1000000000
--> %.20f\t0.1\t0.10000000000000000555
--> %.3f\t0.66666666666667\t0.667
--> %f\tinf\tinf
--> %f\t-inf\t-inf
--> %5.1f|\tinf\t  inf|
--> %010f|\tinf\t       inf|
--> %.1f\t0.05\t0.1
--> %.1f\t0.15\t0.1
--> %.1f\t0.25\t0.2
--> %.1f\t0.35\t0.3
--> %.2f\t1.005\t1.00
--> %.2f\t3333333333.3333\t3333333333.33
--> %5.0f|\t99.5\t  100|
--> %.15f\t0.33333333333333\t0.333333333333333
--> %f\t1.5\t1.500000
--> %.99f\t0.5\t0.500000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
for _, c in ipairs {{"%e", 12345.678}, {"%E", 12345.678}, {"%.2e", 12345.678}, {"%.0e", 12345}, {"%12.3e|", 0.00012}, {"%-12.1e|", 5}, {"%e", 0}, {"%e", 1e100}, {"%e", 1e-100}, {"%+e", 1}, {"%#.0e", 1}, {"%e", 1/0}, {"%g", 100000}, {"%g", 1000000}, {"%g", 0.0001}, {"%g", 0.00001}, {"%G", 1e-10}, {"%g", 1e20}, {"%.3g", 3.14159}, {"%.10g", 0.1}, {"%.17g", 0.1}, {"%g", 100}, {"%#g", 100}, {"%10g|", 1.5}, {"%-10g|", 1.5}, {"%+g", 1.5}, {"%g", 123456789}, {"%.14g", 123456789012345}, {"%.0g", 123}, {"%g", 1/0}, {"%G", 1/0}, {"%g", -1/0}, {"%5g|", "2"}, {"%.3g", 0.00012345}, {"%.3g", 99999}, {"%.3g", 999.5}} do print(c[1], tostring(c[2]), f(c[1], c[2])) end --> %e\t12345.678\t1.234568e+04
--> %E\t12345.678\t1.234568E+04
--> %.2e\t12345.678\t1.23e+04
--> %.0e\t12345\t1e+04
--> %12.3e|\t0.00012\t   1.200e-04|
--> %-12.1e|\t5\t5.0e+00     |
--> %e\t0\t0.000000e+00
--> %e\t1e+100\t1.000000e+100
--> %e\t1e-100\t1.000000e-100
--> %+e\t1\t+1.000000e+00
--> %#.0e\t1\t1.e+00
--> %e\tinf\tinf
--> %g\t100000\t100000
--> %g\t1000000\t1e+06
--> %g\t0.0001\t0.0001
--> %g\t1e-05\t1e-05
--> %G\t1e-10\t1E-10
--> %g\t1e+20\t1e+20
--> %.3g\t3.14159\t3.14
--> %.10g\t0.1\t0.1
--> %.17g\t0.1\t0.10000000000000001
--> %g\t100\t100
--> %#g\t100\t100.000
--> %10g|\t1.5\t       1.5|
--> %-10g|\t1.5\t1.5       |
--> %+g\t1.5\t+1.5
--> %g\t123456789\t1.23457e+08
--> %.14g\t1.2345678901234e+14\t1.2345678901234e+14
--> %.0g\t123\t1e+02
--> %g\tinf\tinf
--> %G\tinf\tINF
--> %g\t-inf\t-inf
--> %5g|\t2\t    2|
--> %.3g\t0.00012345\t0.000123
--> %.3g\t99999\t1e+05
--> %.3g\t999.5\t1e+03
for _, c in ipairs {{"%s", "str"}, {"%10s|", "str"}, {"%-10s|", "str"}, {"%.2s", "str"}, {"%5.1s|", "str"}, {"%-5.1s|", "str"}, {"%.0s|", "str"}, {"%s", 42}, {"%s", 1.5}, {"%s", 1e15}, {"%5s|", 7}, {"%.1s", 42}, {"%s", ""}, {"%5s|", ""}, {"%.20s", "short"}, {"%.99s", ("x"):rep(120)}, {"%20s|", "é"}, {"%s", ("y"):rep(150)}} do print(c[1], tostring(c[2]):sub(1, 10), f(c[1], c[2])) end --> %s\tstr\tstr
--> %10s|\tstr\t       str|
--> %-10s|\tstr\tstr       |
--> %.2s\tstr\tst
--> %5.1s|\tstr\t    s|
--> %-5.1s|\tstr\ts    |
--> %.0s|\tstr\t|
--> %s\t42\t42
--> %s\t1.5\t1.5
--> %s\t1e+15\t1e+15
--> %5s|\t7\t    7|
--> %.1s\t42\t4
--> %s\t\t
--> %5s|\t\t     |
--> %.20s\tshort\tshort
--> %.99s\txxxxxxxxxx\txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
--> %20s|\t\xC3\xA9\t                  \xC3\xA9|
--> %s\tyyyyyyyyyy\tyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
print(f("%c%c%c", 76, 117, 97), #f("%c", 0), f("%5c|", 65), f("%-5c|", 65), f("%c", "65"), f("%c", 65.9)) --> Lua\t0\t    A|\tA    |\tA\tA
for _, s in ipairs {"plain", "with \"quotes\"", "back\\slash", "new\nline", "cr\rhere", "nul\0byte", "tab\there", "\1\2\127\200", "", "both\\\"\n"} do print(f("%q", s)) end --> "plain"
--> "with \\"quotes\\""
--> "back\\\\slash"
--> "new\\
--> line"
--> "cr\\rhere"
--> "nul\\000byte"
--> "tab\there"
--> "\x01\x02\x7F\xC8"
--> ""
--> "both\\\\\\"\\
--> "
print(f("%q", 42), f("%q", 1.5)) --> "42"\t"1.5"
print(f("%%"), f("100%%"), f("%d%%", 50), f("%%d"), f("a%%b%%c")) --> %\t100%\t50%\t%d\ta%b%c
print(f(""), f("no directives"), f("no directives", 1, 2, 3)) --> \tno directives\tno directives
print(f("%s %s %s", "a", "b", "c"), f("%s-%d-%5.2f-%x", "mix", 1, 2.5, 255)) --> a b c\tmix-1- 2.50-ff
print(f("%s", "extra", "ignored"), f("%d", 1, {})) --> extra\t1
for _, c in ipairs {{"%d"}, {"%s"}, {"%d", "x"}, {"%d", {}}, {"%s", nil}, {"%s", {}}, {"%s", true}, {"%x", "zz"}, {"%f", "abc"}, {"%c", "a"}, {"%q"}, {"%q", {}}, {"%q", nil}, {"%y", 1}, {"%", 1}, {"abc%", 1}, {"%z"}, {"%10", 1}, {"%-", 1}, {"%.", 1}, {"%k", 1}, {"%D", 1}, {"%a b", 1}, {"%123d", 1}, {"%.123d", 1}, {"%1234d", 1}, {"%------d", 1}, {"%-+ #0d", 1}, {"%0-+ #0d", 1}, {"%5.5.5d", 1}, {"%ld", 1}, {"%*d", 5, 1}, {"%n", 1}, {"%p", 1}, {"%b", 1}, {"%F", 1}, {"%S", "x"}, {"% 5d|", 1}, {"%s %d", "a"}, {"%.s|", "abc"}, {"%.d|", 0}, {"%.f", 1.5}, {"%q %d", "a"}} do
  if c[1] ~= "%a b" then print(c[1], pcall(f, unpack(c, 1, #c == 1 and 1 or 3))) end --> %d\tfalse\tbad argument #2 to '?' (no value)
--> %s\tfalse\tbad argument #2 to '?' (no value)
--> %d\tfalse\tbad argument #2 to '?' (number expected, got string)
--> %d\tfalse\tbad argument #2 to '?' (number expected, got table)
--> %s\tfalse\tbad argument #2 to '?' (no value)
--> %s\tfalse\tbad argument #2 to '?' (string expected, got table)
--> %s\tfalse\tbad argument #2 to '?' (string expected, got boolean)
--> %x\tfalse\tbad argument #2 to '?' (number expected, got string)
--> %f\tfalse\tbad argument #2 to '?' (number expected, got string)
--> %c\tfalse\tbad argument #2 to '?' (number expected, got string)
--> %q\tfalse\tbad argument #2 to '?' (no value)
--> %q\tfalse\tbad argument #2 to '?' (string expected, got table)
--> %q\tfalse\tbad argument #2 to '?' (no value)
--> %y\tfalse\tinvalid option '%y' to 'format'
--> %\tfalse\tinvalid option '%' to 'format'
--> abc%\tfalse\tinvalid option '%' to 'format'
--> %z\tfalse\tbad argument #2 to '?' (no value)
--> %10\tfalse\tinvalid option '%' to 'format'
--> %-\tfalse\tinvalid option '%' to 'format'
--> %.\tfalse\tinvalid option '%' to 'format'
--> %k\tfalse\tinvalid option '%k' to 'format'
--> %D\tfalse\tinvalid option '%D' to 'format'
--> %123d\tfalse\tinvalid format (width or precision too long)
--> %.123d\tfalse\tinvalid format (width or precision too long)
--> %1234d\tfalse\tinvalid format (width or precision too long)
--> %------d\tfalse\tinvalid format (repeated flags)
--> %-+ #0d\ttrue\t+1
--> %0-+ #0d\tfalse\tinvalid format (repeated flags)
--> %5.5.5d\tfalse\tinvalid option '%.' to 'format'
--> %ld\tfalse\tinvalid option '%l' to 'format'
--> %*d\tfalse\tinvalid option '%*' to 'format'
--> %n\tfalse\tinvalid option '%n' to 'format'
--> %p\tfalse\tinvalid option '%p' to 'format'
--> %b\tfalse\tinvalid option '%b' to 'format'
--> %F\tfalse\tinvalid option '%F' to 'format'
--> %S\tfalse\tinvalid option '%S' to 'format'
--> % 5d|\ttrue\t    1|
--> %s %d\tfalse\tbad argument #3 to '?' (number expected, got nil)
--> %.s|\ttrue\t|
--> %.d|\ttrue\t|
--> %.f\ttrue\t2
--> %q %d\tfalse\tbad argument #3 to '?' (number expected, got nil)
end
print(pcall(f)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(f, nil)) --> false\tbad argument #1 to '?' (string expected, got nil)
print(pcall(f, {})) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(f, true)) --> false\tbad argument #1 to '?' (string expected, got boolean)
print(f(5), f(1.5)) --> 5\t1.5
print(pcall(function() return ("%d"):format("x") end)) --> false\tformat.lua:204: bad argument #1 to 'format' (number expected, got string)
print(pcall(function() return ("%d"):format() end)) --> false\tformat.lua:205: bad argument #1 to 'format' (no value)
print(pcall(function() return ("%s %s"):format("one") end)) --> false\tformat.lua:206: bad argument #2 to 'format' (no value)
print(pcall(function() return string.format("%d", {}) end)) --> false\tformat.lua:207: bad argument #2 to 'format' (number expected, got table)
print(pcall(function() return ("%y"):format(1) end)) --> false\tformat.lua:208: invalid option '%y' to 'format'
print(("%s=%s"):format("k", "v"), ("%5.1f"):format(3.14159), ("%03d"):format(7)) --> k=v\t  3.1\t007
print(f("%s", setmetatable({}, {__tostring = function() return "obj" end}) and "ok")) --> ok
print(f("[%s]", table.concat({1, 2, 3}, ",")), f("%-20s|%20s|", "left", "right")) --> [1,2,3]\tleft                |               right|
print(f("%5s%5s%5s", 1, 22, 333), f("%s%%", 99.5), f("%x%X", 171, 205)) -->     1   22  333\t99.5%\tabCD
print(f("%.3f %.3f", 1e300 * 1e10, -1e300 * 1e10), f("%d", -0.9), f("%5.2s|", "abc")) --> inf -inf\t0\t   ab|
print(f("%i, %i", 3, 4), f("%+5d|%-5d|%05d", 1, 2, 3), f("%#x %#o", 16, 8)) --> 3, 4\t   +1|2    |00003\t0x10 010
print(f("%.14g", 0.1), f("%.14g", 100), f("%.14g", 1e15), f("%.16g", 0.1), f("%.17g", 1/3)) --> 0.1\t100\t1e+15\t0.1\t0.33333333333333331
print(#f("%099d", 7), #f("%.99f", 1/3), f("%.30f", 1e-10), f("%.5e", 123456789)) --> 99\t101\t0.000000000100000000000000003643\t1.23457e+08

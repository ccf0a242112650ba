-- reference: luajit
-- Escapes and numerals that LuaJIT and gopher-lua add to 5.1.
print("\x41\x42\x43", "\x61", "\x7a") --> ABC\ta\tz
print(#"\x00", ("\xff\xFe\x0A"):byte(1, -1)) --> 1\t255\t254\t10
print("\x4a\x4B" == "JK") --> true
print("a\z
       b") --> ab
print("one \z two") --> one two
print("x\z


   y", #"\z   ") --> xy\t0
print("\x20x20") -->  x20
print(0x.8, 0x1p4, 0x1.8p1, 0xA.8, 0x1P-2, 0x.1p4) --> 0.5\t16\t3\t10.5\t0.25\t1
print(0x10p0, 0xfp+1, 0x1p-1074 > 0) --> 16\t30\ttrue
print("\65\x42\67") --> ABC
print(#"\x01\z
  \x02", ("\x01\z   \x02"):byte(1, -1)) --> 2\t1\t2

-- reference: luajit
-- The bit library as LuaJIT's.
print(bit.tobit(0), bit.bnot(0)) --> 0\t-1
print(bit.tobit(1), bit.bnot(1)) --> 1\t-2
print(bit.tobit(-1), bit.bnot(-1)) --> -1\t0
print(bit.tobit(255), bit.bnot(255)) --> 255\t-256
print(bit.tobit(0x7fffffff), bit.bnot(0x7fffffff)) --> 2147483647\t-2147483648
print(bit.tobit(0x80000000), bit.bnot(0x80000000)) --> -2147483648\t2147483647
print(bit.tobit(0xffffffff), bit.bnot(0xffffffff)) --> -1\t0
print(bit.tobit(-2147483648), bit.bnot(-2147483648)) --> -2147483648\t2147483647
print(bit.tobit(2^32), bit.bnot(2^32)) --> 0\t-1
print(bit.tobit(2^31), bit.bnot(2^31)) --> -2147483648\t2147483647
print(bit.tobit(12345.4), bit.bnot(12345.4)) --> 12345\t-12346
print(bit.tobit(12345.5), bit.bnot(12345.5)) --> 12346\t-12347
print(bit.tobit(-1.5), bit.bnot(-1.5)) --> -2\t1
print(bit.tobit(0x123456789), bit.bnot(0x123456789)) --> 591751049\t-591751050
print(bit.tobit(2^40 + 5), bit.bnot(2^40 + 5)) --> 5\t-6
print(bit.tobit(2^53), bit.bnot(2^53)) --> 0\t-1
print(bit.tobit(-2^40), bit.bnot(-2^40)) --> 0\t-1
print(bit.tobit(1e10), bit.bnot(1e10)) --> 1410065408\t-1410065409
print(bit.tohex(0), bit.tohex(0, 4), bit.tohex(0, -4), bit.tohex(0, -8)) --> 00000000\t0000\t0000\t00000000
print(bit.tohex(1), bit.tohex(1, 4), bit.tohex(1, -4), bit.tohex(1, -8)) --> 00000001\t0001\t0001\t00000001
print(bit.tohex(-1), bit.tohex(-1, 4), bit.tohex(-1, -4), bit.tohex(-1, -8)) --> ffffffff\tffff\tFFFF\tFFFFFFFF
print(bit.tohex(255), bit.tohex(255, 4), bit.tohex(255, -4), bit.tohex(255, -8)) --> 000000ff\t00ff\t00FF\t000000FF
print(bit.tohex(0x7fffffff), bit.tohex(0x7fffffff, 4), bit.tohex(0x7fffffff, -4), bit.tohex(0x7fffffff, -8)) --> 7fffffff\tffff\tFFFF\t7FFFFFFF
print(bit.tohex(0x80000000), bit.tohex(0x80000000, 4), bit.tohex(0x80000000, -4), bit.tohex(0x80000000, -8)) --> 80000000\t0000\t0000\t80000000
print(bit.tohex(0xffffffff), bit.tohex(0xffffffff, 4), bit.tohex(0xffffffff, -4), bit.tohex(0xffffffff, -8)) --> ffffffff\tffff\tFFFF\tFFFFFFFF
print(bit.tohex(-2147483648), bit.tohex(-2147483648, 4), bit.tohex(-2147483648, -4), bit.tohex(-2147483648, -8)) --> 80000000\t0000\t0000\t80000000
print(bit.tohex(2^32), bit.tohex(2^32, 4), bit.tohex(2^32, -4), bit.tohex(2^32, -8)) --> 00000000\t0000\t0000\t00000000
print(bit.tohex(2^31), bit.tohex(2^31, 4), bit.tohex(2^31, -4), bit.tohex(2^31, -8)) --> 80000000\t0000\t0000\t80000000
print(bit.tohex(12345.4), bit.tohex(12345.4, 4), bit.tohex(12345.4, -4), bit.tohex(12345.4, -8)) --> 00003039\t3039\t3039\t00003039
print(bit.tohex(12345.5), bit.tohex(12345.5, 4), bit.tohex(12345.5, -4), bit.tohex(12345.5, -8)) --> 0000303a\t303a\t303A\t0000303A
print(bit.tohex(255, 1)) --> f
print(bit.tohex(255, 0) == '') --> true
print(bit.tohex(255, 20)) --> 000000000000000000ff
print(bit.tohex(255, -20)) --> 000000000000000000FF
print(bit.tohex(-1, 2)) --> ff
print(bit.tohex('255')) --> 000000ff
print(bit.band(0xff, 0x0f)) --> 15
print(bit.band(-1, 0x80000000)) --> -2147483648
print(bit.band(12, 10)) --> 8
print(bit.band(0, -1)) --> 0
print(bit.band(0xffffffff, 1)) --> 1
print(bit.band(2^31, 2^31)) --> -2147483648
print(bit.band(1.9, 3)) --> 2
print(bit.band(1)) --> 1
print(bit.band(15, 9, 12)) --> 8
print(bit.band(1, 2, 4, 8, 16)) --> 0
print(bit.band('7', '0x3')) --> 3
print(bit.bor(0xff, 0x0f)) --> 255
print(bit.bor(-1, 0x80000000)) --> -1
print(bit.bor(12, 10)) --> 14
print(bit.bor(0, -1)) --> -1
print(bit.bor(0xffffffff, 1)) --> -1
print(bit.bor(2^31, 2^31)) --> -2147483648
print(bit.bor(1.9, 3)) --> 3
print(bit.bor(1)) --> 1
print(bit.bor(15, 9, 12)) --> 15
print(bit.bor(1, 2, 4, 8, 16)) --> 31
print(bit.bor('7', '0x3')) --> 7
print(bit.bxor(0xff, 0x0f)) --> 240
print(bit.bxor(-1, 0x80000000)) --> 2147483647
print(bit.bxor(12, 10)) --> 6
print(bit.bxor(0, -1)) --> -1
print(bit.bxor(0xffffffff, 1)) --> -2
print(bit.bxor(2^31, 2^31)) --> 0
print(bit.bxor(1.9, 3)) --> 1
print(bit.bxor(1)) --> 1
print(bit.bxor(15, 9, 12)) --> 10
print(bit.bxor(1, 2, 4, 8, 16)) --> 31
print(bit.bxor('7', '0x3')) --> 4
print(bit.lshift(1, 0)) --> 1
print(bit.lshift(1, 4)) --> 16
print(bit.lshift(1, 31)) --> -2147483648
print(bit.lshift(1, 32)) --> 1
print(bit.lshift(1, 33)) --> 2
print(bit.lshift(-1, 1)) --> -2
print(bit.lshift(-1, 31)) --> -2147483648
print(bit.lshift(0x12345678, 8)) --> 878082048
print(bit.lshift(0x80000000, 4)) --> 0
print(bit.lshift(256, -1)) --> 0
print(bit.lshift(-256, 4)) --> -4096
print(bit.lshift(1, -1)) --> -2147483648
print(bit.lshift(0xdeadbeef, 16)) --> -1091633152
print(bit.lshift(1, 1.5)) --> 4
print(bit.rshift(1, 0)) --> 1
print(bit.rshift(1, 4)) --> 0
print(bit.rshift(1, 31)) --> 0
print(bit.rshift(1, 32)) --> 1
print(bit.rshift(1, 33)) --> 0
print(bit.rshift(-1, 1)) --> 2147483647
print(bit.rshift(-1, 31)) --> 1
print(bit.rshift(0x12345678, 8)) --> 1193046
print(bit.rshift(0x80000000, 4)) --> 134217728
print(bit.rshift(256, -1)) --> 0
print(bit.rshift(-256, 4)) --> 268435440
print(bit.rshift(1, -1)) --> 0
print(bit.rshift(0xdeadbeef, 16)) --> 57005
print(bit.rshift(1, 1.5)) --> 0
print(bit.arshift(1, 0)) --> 1
print(bit.arshift(1, 4)) --> 0
print(bit.arshift(1, 31)) --> 0
print(bit.arshift(1, 32)) --> 1
print(bit.arshift(1, 33)) --> 0
print(bit.arshift(-1, 1)) --> -1
print(bit.arshift(-1, 31)) --> -1
print(bit.arshift(0x12345678, 8)) --> 1193046
print(bit.arshift(0x80000000, 4)) --> -134217728
print(bit.arshift(256, -1)) --> 0
print(bit.arshift(-256, 4)) --> -16
print(bit.arshift(1, -1)) --> 0
print(bit.arshift(0xdeadbeef, 16)) --> -8531
print(bit.arshift(1, 1.5)) --> 0
print(bit.rol(1, 0)) --> 1
print(bit.rol(1, 4)) --> 16
print(bit.rol(1, 31)) --> -2147483648
print(bit.rol(1, 32)) --> 1
print(bit.rol(1, 33)) --> 2
print(bit.rol(-1, 1)) --> -1
print(bit.rol(-1, 31)) --> -1
print(bit.rol(0x12345678, 8)) --> 878082066
print(bit.rol(0x80000000, 4)) --> 8
print(bit.rol(256, -1)) --> 128
print(bit.rol(-256, 4)) --> -4081
print(bit.rol(1, -1)) --> -2147483648
print(bit.rol(0xdeadbeef, 16)) --> -1091576147
print(bit.rol(1, 1.5)) --> 4
print(bit.ror(1, 0)) --> 1
print(bit.ror(1, 4)) --> 268435456
print(bit.ror(1, 31)) --> 2
print(bit.ror(1, 32)) --> 1
print(bit.ror(1, 33)) --> -2147483648
print(bit.ror(-1, 1)) --> -1
print(bit.ror(-1, 31)) --> -1
print(bit.ror(0x12345678, 8)) --> 2014458966
print(bit.ror(0x80000000, 4)) --> 134217728
print(bit.ror(256, -1)) --> 512
print(bit.ror(-256, 4)) --> 268435440
print(bit.ror(1, -1)) --> 2
print(bit.ror(0xdeadbeef, 16)) --> -1091576147
print(bit.ror(1, 1.5)) --> 1073741824
print(bit.bswap(0x12345678), bit.tohex(bit.bswap(0x12345678))) --> 2018915346\t78563412
print(bit.bswap(0xff), bit.tohex(bit.bswap(0xff))) --> -16777216\tff000000
print(bit.bswap(-1), bit.tohex(bit.bswap(-1))) --> -1\tffffffff
print(bit.bswap(1), bit.tohex(bit.bswap(1))) --> 16777216\t01000000
print(bit.bswap(0x80000000), bit.tohex(bit.bswap(0x80000000))) --> 128\t00000080
print(bit.bswap(0), bit.tohex(bit.bswap(0))) --> 0\t00000000
print(pcall(bit.tobit)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.tobit, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.tobit, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.bnot)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.bnot, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.bnot, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.band)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.band, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.band, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.bor)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.bor, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.bor, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.bxor)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.bxor, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.bxor, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.lshift)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.lshift, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.lshift, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.rshift)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.rshift, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.rshift, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.arshift)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.arshift, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.arshift, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.rol)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.rol, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.rol, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.ror)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.ror, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.ror, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.bswap)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.bswap, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.bswap, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.tohex)) --> false\tbad argument #1 to '?' (number expected, got no value)
print(pcall(bit.tohex, 'x', 1)) --> false\tbad argument #1 to '?' (number expected, got string)
print(pcall(bit.tohex, {}, 1)) --> false\tbad argument #1 to '?' (number expected, got table)
print(pcall(bit.band, 1, nil)) --> false\tbad argument #2 to '?' (number expected, got nil)
print(pcall(bit.bor, 1, 2, true)) --> false\tbad argument #3 to '?' (number expected, got boolean)
print(pcall(bit.lshift, 1, {})) --> false\tbad argument #2 to '?' (number expected, got table)
print(pcall(bit.tohex, 1, 'x')) --> false\tbad argument #2 to '?' (number expected, got string)
print(pcall(function() bit.band() end)) --> false\tbit.lua:188: bad argument #1 to 'band' (number expected, got no value)
print(pcall(function() bit.lshift(1) end)) --> false\tbit.lua:189: bad argument #2 to 'lshift' (number expected, got no value)
print(pcall(function() bit.nothing(1) end)) --> false\tbit.lua:190: attempt to call field 'nothing' (a nil value)
print(bit.band(3538334776, -1499591369), bit.bor(3538334776, -1499591369), bit.bxor(3538334776, -1499591369), bit.rol(3538334776, 31), bit.arshift(3538334776, 23)) --> -2105146320\t-151077569\t1954068751\t1769167388\t-91
print(bit.band(648258640, 2458595123), bit.bor(648258640, 2458595123), bit.bxor(648258640, 2458595123), bit.rol(648258640, 3), bit.arshift(648258640, 19)) --> 42148880\t-1230262413\t-1272411293\t891101825\t1236
print(bit.band(154112043, 3718105592), bit.bor(154112043, 3718105592), bit.bxor(154112043, 3718105592), bit.rol(154112043, 32), bit.arshift(154112043, 24)) --> 151879720\t-574629381\t-726509101\t154112043\t9
print(bit.band(2396587125, 31936245), bit.bor(2396587125, 31936245), bit.bxor(2396587125, 31936245), bit.rol(2396587125, 5), bit.arshift(2396587125, 21)) --> 12649589\t-1879093515\t-1891743104\t-618623311\t-906
print(bit.band(-1986441000, -284989606), bit.bor(-1986441000, -284989606), bit.bxor(-1986441000, -284989606), bit.rol(-1986441000, 34), bit.arshift(-1986441000, 26)) --> -1996406696\t-275023910\t1721382786\t644170594\t-30
print(bit.band(-1847456881, 2537093081), bit.bor(-1847456881, 2537093081), bit.bxor(-1847456881, 2537093081), bit.rol(-1847456881, 1), bit.arshift(-1847456881, 25)) --> -1860172919\t-1745158177\t115014742\t600053535\t-56
print(bit.band(-324187610, 2679208995), bit.bor(-324187610, 2679208995), bit.bxor(-324187610, 2679208995), bit.rol(-324187610, 35), bit.arshift(-324187610, 3)) --> -1935587294\t-4358617\t1931228677\t1701466423\t-40523452
print(bit.band(3106287705, 1922895273), bit.bor(3106287705, 1922895273), bit.bxor(3106287705, 1922895273), bit.rol(3106287705, 33), bit.arshift(3106287705, 9)) --> 805568521\t-71352839\t-876921360\t1917608115\t-2321640
print(bit.band(-443753964, 2045500108), bit.bor(-443753964, 2045500108), bit.bxor(-443753964, 2045500108), bit.rol(-443753964, 28), bit.arshift(-443753964, 12)) --> 1636358660\t-34612516\t-1670971176\t1314442657\t-108339
print(bit.band(2347554736, 1539610315), bit.bor(2347554736, 1539610315), bit.bxor(2347554736, 1539610315), bit.rol(2347554736, 35), bit.arshift(2347554736, 11)) --> 197432960\t-605235205\t-802668165\t1600568708\t-950886
print(bit.band(-903621226, 2767054500), bit.bor(-903621226, 2767054500), bit.bxor(-903621226, 2767054500), bit.rol(-903621226, 20), bit.arshift(-903621226, 4)) --> -2145270652\t-286263370\t1859007282\t1500291645\t-56476327
print(bit.band(2653397440, 3472403000), bit.bor(2653397440, 3472403000), bit.bxor(2653397440, 3472403000), bit.rol(2653397440, 0), bit.arshift(2653397440, 24)) --> -1910464512\t-553669640\t1356794872\t-1641569856\t-98
print(bit.band(-1371269749, 596628807), bit.bor(-1371269749, 596628807), bit.bxor(-1371269749, 596628807), bit.rol(-1371269749, 7), bit.arshift(-1371269749, 7)) --> 570692867\t-1345333809\t-1916026676\t571131351\t-10713045
print(bit.band(-548048381, 2417160247), bit.bor(-548048381, 2417160247), bit.bxor(-548048381, 2417160247), bit.rol(-548048381, 7), bit.arshift(-548048381, 23)) --> -1877970941\t-547884489\t1330086452\t-1430715921\t-66
print(bit.band(2403468724, -1262897697), bit.bor(2403468724, -1262897697), bit.bxor(2403468724, -1262897697), bit.rol(2403468724, 23), bit.arshift(2403468724, 31)) --> -2080373356\t-1074022913\t1006350443\t-632839934\t-1
print(bit.band(3983978622, -798231825), bit.bor(3983978622, -798231825), bit.bxor(3983978622, -798231825), bit.rol(3983978622, 15), bit.arshift(3983978622, 15)) --> -1067274130\t-41946369\t1025327761\t1480554171\t-9491
print(bit.band(-201071568, -859994195), bit.bor(-201071568, -859994195), bit.bxor(-201071568, -859994195), bit.rol(-201071568, 5), bit.arshift(-201071568, 13)) --> -1006533600\t-54532163\t952001437\t-2139322850\t-24545
print(bit.band(1264350247, -1099097093), bit.bor(1264350247, -1099097093), bit.bxor(1264350247, -1099097093), bit.rol(1264350247, 27), bit.arshift(1264350247, 27)) --> 173805603\t-8552449\t-182358052\t979035041\t9
print(bit.band(319647407, 108218145), bit.bor(319647407, 108218145), bit.bxor(319647407, 108218145), bit.rol(319647407, 25), bit.arshift(319647407, 1)) --> 33637921\t394227631\t360589710\t1579555549\t159823703
print(bit.band(1611203271, 985460000), bit.bor(1611203271, 985460000), bit.bxor(1611203271, 985460000), bit.rol(1611203271, 0), bit.arshift(1611203271, 0)) --> 537395200\t2059268071\t1521872871\t1611203271\t1611203271
print(bit.band(3384166920, 2062335288), bit.bor(3384166920, 2062335288), bit.bxor(3384166920, 2062335288), bit.rol(3384166920, 8), bit.arshift(3384166920, 24)) --> 1218709512\t-67174600\t-1285884112\t-1236662071\t-55
print(bit.band(2654572304, -351659800), bit.bor(2654572304, -351659800), bit.bxor(2654572304, -351659800), bit.rol(2654572304, 0), bit.arshift(2654572304, 8)) --> -1979185152\t-12869640\t1966315512\t-1640394992\t-6407793
print(bit.band(1104411903, 2800252245), bit.bor(1104411903, 2800252245), bit.bxor(1104411903, 2800252245), bit.rol(1104411903, 5), bit.arshift(1104411903, 21)) --> 12612693\t-402915841\t-415528534\t981442536\t526
print(bit.band(-47403134, 2315877527), bit.bor(-47403134, 2315877527), bit.bxor(-47403134, 2315877527), bit.rol(-47403134, 7), bit.arshift(-47403134, 23)) --> -2012730238\t-13762665\t1998967573\t-1772633730\t-6
print(bit.band(722481616, -799948340), bit.bor(722481616, -799948340), bit.bxor(722481616, -799948340), bit.rol(722481616, 20), bit.arshift(722481616, 12)) --> 1049024\t-78515748\t-79564772\t486715651\t176387
print(bit.band(838787215, 405315533), bit.bor(838787215, 405315533), bit.bxor(838787215, 405315533), bit.rol(838787215, 13), bit.arshift(838787215, 13)) --> 271089805\t973012943\t701923138\t-602806721\t102391
print(bit.band(-188096662, 1460150526), bit.bor(-188096662, 1460150526), bit.bxor(-188096662, 1460150526), bit.rol(-188096662, 6), bit.arshift(-188096662, 30)) --> 1409810538\t-137756674\t-1547567212\t846715581\t-1
print(bit.band(1909890774, 4183720489), bit.bor(1909890774, 4183720489), bit.bxor(1909890774, 4183720489), bit.rol(1909890774, 9), bit.arshift(1909890774, 9)) --> 1901494784\t-102850817\t-2004345601\t-1388466973\t3730255
print(bit.band(705028378, 2408056843), bit.bor(705028378, 2408056843), bit.bxor(705028378, 2408056843), bit.rol(705028378, 3), bit.arshift(705028378, 11)) --> 167772170\t-1349654245\t-1517426415\t1345259729\t344252
print(bit.band(865401654, 1382656421), bit.bor(865401654, 1382656421), bit.bxor(865401654, 1382656421), bit.rol(865401654, 21), bit.arshift(865401654, 5)) --> 302033188\t1946024887\t1643991699\t1724281503\t27043801
print(bit.band(3369812143, 3804445263), bit.bor(3369812143, 3804445263), bit.bxor(3369812143, 3804445263), bit.rol(3369812143, 23), bit.arshift(3369812143, 15)) --> -1060962289\t-354714897\t706247392\t1474588064\t-28234
print(bit.band(724357918, 2244390663), bit.bor(724357918, 2244390663), bit.bxor(724357918, 2244390663), bit.rol(724357918, 23), bit.arshift(724357918, 7)) --> 17072902\t-1343291617\t-1360364519\t-1894410647\t5659046
print(bit.band(-164517486, 2869245926), bit.bor(-164517486, 2869245926), bit.bxor(-164517486, 2869245926), bit.rol(-164517486, 6), bit.arshift(-164517486, 6)) --> -1576984190\t-13254666\t1563729524\t-1939184451\t-2570586
print(bit.band(-1644561032, -1894276352), bit.bor(-1644561032, -1894276352), bit.bxor(-1644561032, -1894276352), bit.rol(-1644561032, 8), bit.arshift(-1644561032, 0)) --> -1928224512\t-1610612872\t317611640\t-100829027\t-1644561032
print(bit.band(1152051905, 2702995663), bit.bor(1152051905, 2702995663), bit.bxor(1152051905, 2702995663), bit.rol(1152051905, 23), bit.arshift(1152051905, 15)) --> 549057\t-440468785\t-441017842\t1621251445\t35157
print(bit.band(-1083986045, 3826599836), bit.bor(-1083986045, 3826599836), bit.bxor(-1083986045, 3826599836), bit.rol(-1083986045, 36), bit.arshift(-1083986045, 28)) --> -1543436416\t-8917089\t1534519327\t-163907525\t-5
print(bit.band(1595245232, -1801389593), bit.bor(1595245232, -1801389593), bit.bxor(1595245232, -1801389593), bit.rol(1595245232, 7), bit.arshift(1595245232, 7)) --> 335577248\t-541721609\t-877298857\t-1967040465\t12462853
print(bit.band(-218238462, 212342801), bit.bor(-218238462, 212342801), bit.bxor(-218238462, 212342801), bit.rol(-218238462, 1), bit.arshift(-218238462, 17)) --> 11014144\t-16909805\t-27923949\t-436476923\t-1666
print(bit.band(1646621017, 1371296473), bit.bor(1646621017, 1371296473), bit.bxor(1646621017, 1371296473), bit.rol(1646621017, 33), bit.arshift(1646621017, 25)) --> 1076121689\t1941795801\t865674112\t-1001725262\t49
print(bit.band(3343293005, 3931168589), bit.bor(3343293005, 3931168589), bit.bxor(3343293005, 3931168589), bit.rol(3343293005, 29), bit.arshift(3343293005, 13)) --> -1035953587\t-279519411\t756434176\t-1192701111\t-116172
local names = {}
for name in pairs(bit) do names[#names + 1] = name end
table.sort(names)
print(table.concat(names, " ")) --> arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex
local function crc32(s)
  local crc = 0xffffffff
  for i = 1, #s do
    crc = bit.bxor(crc, s:byte(i))
    for _ = 1, 8 do crc = bit.bxor(bit.rshift(crc, 1), bit.band(0xedb88320, -bit.band(crc, 1))) end
  end
  return bit.tohex(bit.bnot(crc))
end
print(crc32("The quick brown fox jumps over the lazy dog"), crc32(""), crc32("a")) --> 414fa339\t00000000\te8b7be43
local function fnv1a(s) local h = 0x811c9dc5 for i = 1, #s do h = bit.bxor(h, s:byte(i)) h = bit.tobit(bit.lshift(h, 24) + bit.lshift(h, 8) + h * 0x93) end return bit.tohex(h) end
print(fnv1a("user-1"), fnv1a("user-2"), fnv1a("")) --> f5537974\tf8537e2d\t811c9dc5
local s = 0
for i = 0, 31 do s = bit.bor(s, bit.lshift(i % 2, i)) end
print(s, bit.tohex(s)) --> -1431655766\taaaaaaaa

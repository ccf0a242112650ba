-- EXPECT: ok =60 -- 60 nested loops with continue: no limit of the host language shows
local n = 0
while n < 1 do n = n + 1 if n > 1000 then goto l0 end
while n < 2 do n = n + 1 if n > 1000 then goto l1 end
while n < 3 do n = n + 1 if n > 1000 then goto l2 end
while n < 4 do n = n + 1 if n > 1000 then goto l3 end
while n < 5 do n = n + 1 if n > 1000 then goto l4 end
while n < 6 do n = n + 1 if n > 1000 then goto l5 end
while n < 7 do n = n + 1 if n > 1000 then goto l6 end
while n < 8 do n = n + 1 if n > 1000 then goto l7 end
while n < 9 do n = n + 1 if n > 1000 then goto l8 end
while n < 10 do n = n + 1 if n > 1000 then goto l9 end
while n < 11 do n = n + 1 if n > 1000 then goto l10 end
while n < 12 do n = n + 1 if n > 1000 then goto l11 end
while n < 13 do n = n + 1 if n > 1000 then goto l12 end
while n < 14 do n = n + 1 if n > 1000 then goto l13 end
while n < 15 do n = n + 1 if n > 1000 then goto l14 end
while n < 16 do n = n + 1 if n > 1000 then goto l15 end
while n < 17 do n = n + 1 if n > 1000 then goto l16 end
while n < 18 do n = n + 1 if n > 1000 then goto l17 end
while n < 19 do n = n + 1 if n > 1000 then goto l18 end
while n < 20 do n = n + 1 if n > 1000 then goto l19 end
while n < 21 do n = n + 1 if n > 1000 then goto l20 end
while n < 22 do n = n + 1 if n > 1000 then goto l21 end
while n < 23 do n = n + 1 if n > 1000 then goto l22 end
while n < 24 do n = n + 1 if n > 1000 then goto l23 end
while n < 25 do n = n + 1 if n > 1000 then goto l24 end
while n < 26 do n = n + 1 if n > 1000 then goto l25 end
while n < 27 do n = n + 1 if n > 1000 then goto l26 end
while n < 28 do n = n + 1 if n > 1000 then goto l27 end
while n < 29 do n = n + 1 if n > 1000 then goto l28 end
while n < 30 do n = n + 1 if n > 1000 then goto l29 end
while n < 31 do n = n + 1 if n > 1000 then goto l30 end
while n < 32 do n = n + 1 if n > 1000 then goto l31 end
while n < 33 do n = n + 1 if n > 1000 then goto l32 end
while n < 34 do n = n + 1 if n > 1000 then goto l33 end
while n < 35 do n = n + 1 if n > 1000 then goto l34 end
while n < 36 do n = n + 1 if n > 1000 then goto l35 end
while n < 37 do n = n + 1 if n > 1000 then goto l36 end
while n < 38 do n = n + 1 if n > 1000 then goto l37 end
while n < 39 do n = n + 1 if n > 1000 then goto l38 end
while n < 40 do n = n + 1 if n > 1000 then goto l39 end
while n < 41 do n = n + 1 if n > 1000 then goto l40 end
while n < 42 do n = n + 1 if n > 1000 then goto l41 end
while n < 43 do n = n + 1 if n > 1000 then goto l42 end
while n < 44 do n = n + 1 if n > 1000 then goto l43 end
while n < 45 do n = n + 1 if n > 1000 then goto l44 end
while n < 46 do n = n + 1 if n > 1000 then goto l45 end
while n < 47 do n = n + 1 if n > 1000 then goto l46 end
while n < 48 do n = n + 1 if n > 1000 then goto l47 end
while n < 49 do n = n + 1 if n > 1000 then goto l48 end
while n < 50 do n = n + 1 if n > 1000 then goto l49 end
while n < 51 do n = n + 1 if n > 1000 then goto l50 end
while n < 52 do n = n + 1 if n > 1000 then goto l51 end
while n < 53 do n = n + 1 if n > 1000 then goto l52 end
while n < 54 do n = n + 1 if n > 1000 then goto l53 end
while n < 55 do n = n + 1 if n > 1000 then goto l54 end
while n < 56 do n = n + 1 if n > 1000 then goto l55 end
while n < 57 do n = n + 1 if n > 1000 then goto l56 end
while n < 58 do n = n + 1 if n > 1000 then goto l57 end
while n < 59 do n = n + 1 if n > 1000 then goto l58 end
while n < 60 do n = n + 1 if n > 1000 then goto l59 end
::l59:: end
::l58:: end
::l57:: end
::l56:: end
::l55:: end
::l54:: end
::l53:: end
::l52:: end
::l51:: end
::l50:: end
::l49:: end
::l48:: end
::l47:: end
::l46:: end
::l45:: end
::l44:: end
::l43:: end
::l42:: end
::l41:: end
::l40:: end
::l39:: end
::l38:: end
::l37:: end
::l36:: end
::l35:: end
::l34:: end
::l33:: end
::l32:: end
::l31:: end
::l30:: end
::l29:: end
::l28:: end
::l27:: end
::l26:: end
::l25:: end
::l24:: end
::l23:: end
::l22:: end
::l21:: end
::l20:: end
::l19:: end
::l18:: end
::l17:: end
::l16:: end
::l15:: end
::l14:: end
::l13:: end
::l12:: end
::l11:: end
::l10:: end
::l9:: end
::l8:: end
::l7:: end
::l6:: end
::l5:: end
::l4:: end
::l3:: end
::l2:: end
::l1:: end
::l0:: end
return n

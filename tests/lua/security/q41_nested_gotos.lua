-- EXPECT: ok =0 -- 60 nested blocks, each left by a goto: no limit of the host language shows
local n = 0
local a = false
do if a then goto l0 end
do if a then goto l1 end
do if a then goto l2 end
do if a then goto l3 end
do if a then goto l4 end
do if a then goto l5 end
do if a then goto l6 end
do if a then goto l7 end
do if a then goto l8 end
do if a then goto l9 end
do if a then goto l10 end
do if a then goto l11 end
do if a then goto l12 end
do if a then goto l13 end
do if a then goto l14 end
do if a then goto l15 end
do if a then goto l16 end
do if a then goto l17 end
do if a then goto l18 end
do if a then goto l19 end
do if a then goto l20 end
do if a then goto l21 end
do if a then goto l22 end
do if a then goto l23 end
do if a then goto l24 end
do if a then goto l25 end
do if a then goto l26 end
do if a then goto l27 end
do if a then goto l28 end
do if a then goto l29 end
do if a then goto l30 end
do if a then goto l31 end
do if a then goto l32 end
do if a then goto l33 end
do if a then goto l34 end
do if a then goto l35 end
do if a then goto l36 end
do if a then goto l37 end
do if a then goto l38 end
do if a then goto l39 end
do if a then goto l40 end
do if a then goto l41 end
do if a then goto l42 end
do if a then goto l43 end
do if a then goto l44 end
do if a then goto l45 end
do if a then goto l46 end
do if a then goto l47 end
do if a then goto l48 end
do if a then goto l49 end
do if a then goto l50 end
do if a then goto l51 end
do if a then goto l52 end
do if a then goto l53 end
do if a then goto l54 end
do if a then goto l55 end
do if a then goto l56 end
do if a then goto l57 end
do if a then goto l58 end
do if a then goto l59 end
n = 0
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

-- EXPECT: ok =120 -- 60 nested blocks with a jump back each
local n = 0
do local v0 = 0
::l0:: v0 = v0 + 1 n = n + 1 if v0 < 2 then goto l0 end
do local v1 = 0
::l1:: v1 = v1 + 1 n = n + 1 if v1 < 2 then goto l1 end
do local v2 = 0
::l2:: v2 = v2 + 1 n = n + 1 if v2 < 2 then goto l2 end
do local v3 = 0
::l3:: v3 = v3 + 1 n = n + 1 if v3 < 2 then goto l3 end
do local v4 = 0
::l4:: v4 = v4 + 1 n = n + 1 if v4 < 2 then goto l4 end
do local v5 = 0
::l5:: v5 = v5 + 1 n = n + 1 if v5 < 2 then goto l5 end
do local v6 = 0
::l6:: v6 = v6 + 1 n = n + 1 if v6 < 2 then goto l6 end
do local v7 = 0
::l7:: v7 = v7 + 1 n = n + 1 if v7 < 2 then goto l7 end
do local v8 = 0
::l8:: v8 = v8 + 1 n = n + 1 if v8 < 2 then goto l8 end
do local v9 = 0
::l9:: v9 = v9 + 1 n = n + 1 if v9 < 2 then goto l9 end
do local v10 = 0
::l10:: v10 = v10 + 1 n = n + 1 if v10 < 2 then goto l10 end
do local v11 = 0
::l11:: v11 = v11 + 1 n = n + 1 if v11 < 2 then goto l11 end
do local v12 = 0
::l12:: v12 = v12 + 1 n = n + 1 if v12 < 2 then goto l12 end
do local v13 = 0
::l13:: v13 = v13 + 1 n = n + 1 if v13 < 2 then goto l13 end
do local v14 = 0
::l14:: v14 = v14 + 1 n = n + 1 if v14 < 2 then goto l14 end
do local v15 = 0
::l15:: v15 = v15 + 1 n = n + 1 if v15 < 2 then goto l15 end
do local v16 = 0
::l16:: v16 = v16 + 1 n = n + 1 if v16 < 2 then goto l16 end
do local v17 = 0
::l17:: v17 = v17 + 1 n = n + 1 if v17 < 2 then goto l17 end
do local v18 = 0
::l18:: v18 = v18 + 1 n = n + 1 if v18 < 2 then goto l18 end
do local v19 = 0
::l19:: v19 = v19 + 1 n = n + 1 if v19 < 2 then goto l19 end
do local v20 = 0
::l20:: v20 = v20 + 1 n = n + 1 if v20 < 2 then goto l20 end
do local v21 = 0
::l21:: v21 = v21 + 1 n = n + 1 if v21 < 2 then goto l21 end
do local v22 = 0
::l22:: v22 = v22 + 1 n = n + 1 if v22 < 2 then goto l22 end
do local v23 = 0
::l23:: v23 = v23 + 1 n = n + 1 if v23 < 2 then goto l23 end
do local v24 = 0
::l24:: v24 = v24 + 1 n = n + 1 if v24 < 2 then goto l24 end
do local v25 = 0
::l25:: v25 = v25 + 1 n = n + 1 if v25 < 2 then goto l25 end
do local v26 = 0
::l26:: v26 = v26 + 1 n = n + 1 if v26 < 2 then goto l26 end
do local v27 = 0
::l27:: v27 = v27 + 1 n = n + 1 if v27 < 2 then goto l27 end
do local v28 = 0
::l28:: v28 = v28 + 1 n = n + 1 if v28 < 2 then goto l28 end
do local v29 = 0
::l29:: v29 = v29 + 1 n = n + 1 if v29 < 2 then goto l29 end
do local v30 = 0
::l30:: v30 = v30 + 1 n = n + 1 if v30 < 2 then goto l30 end
do local v31 = 0
::l31:: v31 = v31 + 1 n = n + 1 if v31 < 2 then goto l31 end
do local v32 = 0
::l32:: v32 = v32 + 1 n = n + 1 if v32 < 2 then goto l32 end
do local v33 = 0
::l33:: v33 = v33 + 1 n = n + 1 if v33 < 2 then goto l33 end
do local v34 = 0
::l34:: v34 = v34 + 1 n = n + 1 if v34 < 2 then goto l34 end
do local v35 = 0
::l35:: v35 = v35 + 1 n = n + 1 if v35 < 2 then goto l35 end
do local v36 = 0
::l36:: v36 = v36 + 1 n = n + 1 if v36 < 2 then goto l36 end
do local v37 = 0
::l37:: v37 = v37 + 1 n = n + 1 if v37 < 2 then goto l37 end
do local v38 = 0
::l38:: v38 = v38 + 1 n = n + 1 if v38 < 2 then goto l38 end
do local v39 = 0
::l39:: v39 = v39 + 1 n = n + 1 if v39 < 2 then goto l39 end
do local v40 = 0
::l40:: v40 = v40 + 1 n = n + 1 if v40 < 2 then goto l40 end
do local v41 = 0
::l41:: v41 = v41 + 1 n = n + 1 if v41 < 2 then goto l41 end
do local v42 = 0
::l42:: v42 = v42 + 1 n = n + 1 if v42 < 2 then goto l42 end
do local v43 = 0
::l43:: v43 = v43 + 1 n = n + 1 if v43 < 2 then goto l43 end
do local v44 = 0
::l44:: v44 = v44 + 1 n = n + 1 if v44 < 2 then goto l44 end
do local v45 = 0
::l45:: v45 = v45 + 1 n = n + 1 if v45 < 2 then goto l45 end
do local v46 = 0
::l46:: v46 = v46 + 1 n = n + 1 if v46 < 2 then goto l46 end
do local v47 = 0
::l47:: v47 = v47 + 1 n = n + 1 if v47 < 2 then goto l47 end
do local v48 = 0
::l48:: v48 = v48 + 1 n = n + 1 if v48 < 2 then goto l48 end
do local v49 = 0
::l49:: v49 = v49 + 1 n = n + 1 if v49 < 2 then goto l49 end
do local v50 = 0
::l50:: v50 = v50 + 1 n = n + 1 if v50 < 2 then goto l50 end
do local v51 = 0
::l51:: v51 = v51 + 1 n = n + 1 if v51 < 2 then goto l51 end
do local v52 = 0
::l52:: v52 = v52 + 1 n = n + 1 if v52 < 2 then goto l52 end
do local v53 = 0
::l53:: v53 = v53 + 1 n = n + 1 if v53 < 2 then goto l53 end
do local v54 = 0
::l54:: v54 = v54 + 1 n = n + 1 if v54 < 2 then goto l54 end
do local v55 = 0
::l55:: v55 = v55 + 1 n = n + 1 if v55 < 2 then goto l55 end
do local v56 = 0
::l56:: v56 = v56 + 1 n = n + 1 if v56 < 2 then goto l56 end
do local v57 = 0
::l57:: v57 = v57 + 1 n = n + 1 if v57 < 2 then goto l57 end
do local v58 = 0
::l58:: v58 = v58 + 1 n = n + 1 if v58 < 2 then goto l58 end
do local v59 = 0
::l59:: v59 = v59 + 1 n = n + 1 if v59 < 2 then goto l59 end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
end
return n

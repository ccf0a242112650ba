-- A jump to the last of many labels, and out of a loop to each of them.
for i = 1, 1e9 do
  local k = i % 8
  goto l8
  ::l1:: ::l2:: ::l3:: ::l4:: ::l5:: ::l6:: ::l7:: ::l8::
  while true do
    if k == 0 then goto m0 elseif k == 1 then goto m1 elseif k == 2 then goto m2 elseif k == 3 then goto m3 end
    if k == 4 then goto m4 elseif k == 5 then goto m5 elseif k == 6 then goto m6 elseif k == 7 then goto m7 end
  end
  ::m0:: ::m1:: ::m2:: ::m3:: ::m4:: ::m5:: ::m6:: ::m7::
end

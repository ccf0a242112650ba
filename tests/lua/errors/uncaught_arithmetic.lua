local total = 0
for i, v in ipairs({1, 2, "x"}) do
  print(i, v) --> 1\t1
--> 2\t2
--> 3\tx
  total = total + v --> error: uncaught_arithmetic.lua:6: attempt to perform arithmetic on local 'v' (a string value)
end

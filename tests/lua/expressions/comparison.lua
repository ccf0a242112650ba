-- Comparisons of every pair of types, by truth and by message.
local values = {{"nil", nil}, {"true", true}, {"false", false}, {"0", 0}, {"'0'", "0"}, {"''", ""}, {"table", {}}, {"function", print}}
for i = 1, 8 do
  local row = {}
  for j = 1, 8 do row[j] = values[i][2] == values[j][2] and "=" or "." end
  print(values[i][1], table.concat(row)) --> nil\t=.......
--> true\t.=......
--> false\t..=.....
--> 0\t...=....
--> '0'\t....=...
--> ''\t.....=..
--> table\t......=.
--> function\t.......=
end
for i = 1, 8 do
  for j = 1, 8 do
    local ok, message = pcall(function() return values[i][2] < values[j][2] end)
    if i <= j then print(values[i][1] .. " < " .. values[j][1], message) end --> nil < nil\tcomparison.lua:17: attempt to compare two nil values
--> nil < true\tcomparison.lua:17: attempt to compare nil with boolean
--> nil < false\tcomparison.lua:17: attempt to compare nil with boolean
--> nil < 0\tcomparison.lua:17: attempt to compare nil with number
--> nil < '0'\tcomparison.lua:17: attempt to compare nil with string
--> nil < ''\tcomparison.lua:17: attempt to compare nil with string
--> nil < table\tcomparison.lua:17: attempt to compare nil with table
--> nil < function\tcomparison.lua:17: attempt to compare nil with function
--> true < true\tcomparison.lua:17: attempt to compare two boolean values
--> true < false\tcomparison.lua:17: attempt to compare two boolean values
--> true < 0\tcomparison.lua:17: attempt to compare boolean with number
--> true < '0'\tcomparison.lua:17: attempt to compare boolean with string
--> true < ''\tcomparison.lua:17: attempt to compare boolean with string
--> true < table\tcomparison.lua:17: attempt to compare boolean with table
--> true < function\tcomparison.lua:17: attempt to compare boolean with function
--> false < false\tcomparison.lua:17: attempt to compare two boolean values
--> false < 0\tcomparison.lua:17: attempt to compare boolean with number
--> false < '0'\tcomparison.lua:17: attempt to compare boolean with string
--> false < ''\tcomparison.lua:17: attempt to compare boolean with string
--> false < table\tcomparison.lua:17: attempt to compare boolean with table
--> false < function\tcomparison.lua:17: attempt to compare boolean with function
--> 0 < 0\tfalse
--> 0 < '0'\tcomparison.lua:17: attempt to compare number with string
--> 0 < ''\tcomparison.lua:17: attempt to compare number with string
--> 0 < table\tcomparison.lua:17: attempt to compare number with table
--> 0 < function\tcomparison.lua:17: attempt to compare number with function
--> '0' < '0'\tfalse
--> '0' < ''\tfalse
--> '0' < table\tcomparison.lua:17: attempt to compare string with table
--> '0' < function\tcomparison.lua:17: attempt to compare string with function
--> '' < ''\tfalse
--> '' < table\tcomparison.lua:17: attempt to compare string with table
--> '' < function\tcomparison.lua:17: attempt to compare string with function
--> table < table\tcomparison.lua:17: attempt to compare two table values
--> table < function\tcomparison.lua:17: attempt to compare table with function
--> function < function\tcomparison.lua:17: attempt to compare two function values
  end
end
for _, pair in ipairs {{1, 2}, {2, 1}, {1, 1}, {-1, 1}, {"a", "b"}, {"a", "a"}, {"ab", "a"}, {1/0, -1/0}, {"10", "9"}} do
  local a, b = pair[1], pair[2]
  print(a, b, a < b, a <= b, a > b, a >= b, a == b, a ~= b) --> 1\t2\ttrue\ttrue\tfalse\tfalse\tfalse\ttrue
--> 2\t1\tfalse\tfalse\ttrue\ttrue\tfalse\ttrue
--> 1\t1\tfalse\ttrue\tfalse\ttrue\ttrue\tfalse
--> -1\t1\ttrue\ttrue\tfalse\tfalse\tfalse\ttrue
--> a\tb\ttrue\ttrue\tfalse\tfalse\tfalse\ttrue
--> a\ta\tfalse\ttrue\tfalse\ttrue\ttrue\tfalse
--> ab\ta\tfalse\tfalse\ttrue\ttrue\tfalse\ttrue
--> inf\t-inf\tfalse\tfalse\ttrue\ttrue\tfalse\ttrue
--> 10\t9\ttrue\ttrue\tfalse\tfalse\tfalse\ttrue
end

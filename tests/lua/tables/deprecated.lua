-- What 5.1 still carries from 5.0.
print(math.mod(7, 3), math.mod(-7, 3)) --> 1\t-1
local words = {}
for w in string.gfind("a b c", "%a") do words[#words + 1] = w end
print(table.concat(words, ",")) --> a,b,c
table.foreachi({"x", "y"}, function(i, v) print(i, v) end) --> 1\tx
--> 2\ty
table.foreach({only = 1}, function(k, v) print(k, v) end) --> only\t1
print(table.foreachi({1, 2, 3}, function(i, v) if v == 2 then return "stopped" end end)) --> stopped
print(pcall(table.setn, {}, 1)) --> false\t'setn' is obsolete

-- A library function called by a for names itself (for generator).
print(pcall(function() for k, v in next, nil do end end)) --> false\tlibraries_as_iterators.lua:2: bad argument #1 to '(for generator)' (table expected, got nil)
print(pcall(function() for k in string.rep do end end)) --> false\tlibraries_as_iterators.lua:3: bad argument #1 to '(for generator)' (string expected, got nil)
print(pcall(function() for k in math.floor, "x" do end end)) --> false\tlibraries_as_iterators.lua:4: bad argument #1 to '(for generator)' (number expected, got string)
print(pcall(function() for k, v in next, {}, "no key" do end end)) --> false\tinvalid key to 'next'
print(pcall(function() for k in error, "raised" do end end)) --> false\tlibraries_as_iterators.lua:6: raised
for k, v in next, {10} do print(k, v) end --> 1\t10
for v in string.gmatch("a b", "%a") do print(v) end --> a
--> b

-- A constructor with a computed position and names: the table was taken for a list, and its last key for position n.
local one = 1
local t = {[one] = "a", ["1"] = "b", x = "c"}
print(#t, t[1], t["1"], t.x) --> 1\ta\tb\tc
t[#t] = nil
print(#t, t[1], t["1"], t.x) --> 0\tnil\tb\tc
t = {[one] = 1, x = 2, [one + 1] = 3, "first"}
print(#t, t[1], t[2], t.x) --> 2\tfirst\t3\t2
table.remove(t)
print(#t, t[1], t[2], t.x) --> 1\tfirst\tnil\t2
table.insert(t, "second")
print(#t, t[1], t[2], t.x) --> 2\tfirst\tsecond\t2

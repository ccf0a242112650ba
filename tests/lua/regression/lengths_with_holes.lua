-- `#{nil, 2}` was 0: nils at the front of a constructor or of `...` cut the arguments behind them off, silently. PUC, LuaJIT
-- and others keep positions in an array that is as large as the constructor's list, and answer its size if its last place
-- has a value.
local function length(...) return #{...} end
local function again(...) return select("#", unpack({...})) end
print(#{nil, 2}, #{nil, nil, 3}, #{1, nil, 3}, length(nil, 2)) --> 2\t3\t3\t2
print(again(nil, 2), again(1, nil, 3), again(nil, nil, nil, 4), again(nil)) --> 2\t3\t4\t0
print(#{1, nil}, #{nil, nil}, #{1, nil, 3, nil}, #{1, 2, nil, 4, nil}) --> 1\t0\t1\t2
print(table.getn({nil, 2}), #{nil, 2, x = 1}, #{nil, 2, nil, 4}, #{nil, 2, [3] = 3}) --> 2\t2\t4\t3
print(unpack({nil, "b", nil, "d"})) --> nil\tb\tnil\td
print(#{nil, length(), 3, length(1, 2)}, #{nil, (length(nil, 2))}) --> 4\t2
print(select("#", unpack({1, nil, unpack({nil, 4})}))) --> 4

-- Exact counts up to 15 positions, then rounded up as the instruction holds them; a call at the end is not rounded.
print(#{1, nil, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}) --> 17
print(#{nil, 2, 3, 4, 5, 6, 7, nil, 9, 10, 11, 12, 13, 14, 15, 16, 17}) --> 17
print(#{1, nil, nil, nil, nil, nil, 7, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 20}) --> 20

-- A new key that finds no room makes the array anew: a power of two of which more than half is used.
local t = {nil, 2}
t.x = 1
print(#t) --> 0
t = {1, nil, 3}
t[4] = 4
print(#t) --> 4
t[#t] = nil
print(#t) --> 1
t = {n = 3, nil, 2, 3}
t[1] = 1
print(#t) --> 3
table.insert(t, "end")
print(#t, t[4], table.remove(t), #t) --> 4\tend\tend\t3
t = {nil, nil, 3}
print(table.remove(t), #t) --> 3\t0
t = setmetatable({nil, 2}, {})
print(#t) --> 2

-- Holes that are made later, in arrays of a few elements.
t = {1, 2, 3}
t[2] = nil
print(#t) --> 3
t = {1, 2, 3, 4, 5}
t[2] = nil
t[4] = nil
print(#t) --> 5
t = {}
t[1], t[2], t[4] = 1, 2, 4
print(#t) --> 4
t = {1, 2, 3}
t[5] = 5
print(#t) --> 3

-- EXPECT: error -- two tables given as the positions of string.sub were compared, entry by entry, before they were refused: 2^40 comparisons
local a, b = {}, {}
for i = 1, 40 do a, b = { a, a }, { b, b } end
return string.sub("x", a, b)

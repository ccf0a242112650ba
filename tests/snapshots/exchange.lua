local t, i, j = {1, 2}, 1, 2
for _ = 1, 3 do t[i], t[j] = t[j], t[i] end

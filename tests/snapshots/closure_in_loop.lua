local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 1 return i end end
return fs

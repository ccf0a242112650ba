-- Wide and precise numbers.
local n
for i = 1, 1e9 do n = ("%.99f"):format(1e308) n = ("%99.99g"):format(i) n = ("%5d|%x"):format(i, i) end

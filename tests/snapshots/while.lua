local n = 3
while n > 0 do n = n - 1 end
return n

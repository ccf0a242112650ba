local n = 0
for k, v in pairs({1, 2, x = 3}) do n = n + v end
return n

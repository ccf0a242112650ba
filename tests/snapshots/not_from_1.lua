-- A table that is filled from 2 on is no list, most likely: its class is asked for first.
local t = {}
for i = 2, 99 do t[i] = true end
return t[50]

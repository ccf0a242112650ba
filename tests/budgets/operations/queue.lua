-- Keys added at one end and removed at the other.
local q, n = {}, 0
for i = 1, 1e9 do q[i] = i if i > 50 then q[i - 50] = nil end end

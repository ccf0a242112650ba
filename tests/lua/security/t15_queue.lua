-- EXPECT: ok =25000 -- a queue moves along
local q, head, tail, n = {}, 1, 0, 0
for i = 1, 50000 do tail = tail + 1 q[tail] = i if i % 2 == 0 then q[head] = nil head = head + 1 end end
while head <= tail do q[head] = nil head = head + 1 n = n + 1 end
return n

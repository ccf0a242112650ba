local N = 120 -- small: 2
-- Deep recursion with calls as arguments.

local function ack(m, n)
  if m == 0 then
    return n + 1
  elseif n == 0 then
    return ack(m - 1, 1)
  else
    return ack(m - 1, ack(m, n - 1))
  end
end

local total = 0
for _ = 1, N do
  total = total + ack(2, 70) + ack(3, 5)
end
print(total)

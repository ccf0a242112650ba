local N = 9000000 -- small: 150000
-- Plain arithmetic in nested, while and repeat loops.

local s = 0
for i = 1, N do
  s = s + i % 7
end

local steps = 0
for start = 1, N / 400 do
  local n = start
  while n ~= 1 do
    if n % 2 == 0 then
      n = n / 2
    else
      n = 3 * n + 1
    end
    steps = steps + 1
  end
end

local a, b, count = 0, 1, 0
repeat
  a, b = b, (a + b) % 1000007
  count = count + 1
until count >= N / 2

print(s, steps, a)

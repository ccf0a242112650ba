local N = 220000 -- small: 12000
-- table.sort without a comparator: numbers and strings.

local seed = 42
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local numbers = {}
for i = 1, N do
  numbers[i] = random(1000000)
end
table.sort(numbers)

local strings = {}
for i = 1, N / 2 do
  strings[i] = "backend-" .. random(100000)
end
table.sort(strings)

for i = 2, #numbers do
  assert(numbers[i - 1] <= numbers[i])
end
table.sort(numbers)
print(numbers[1], numbers[N / 2], numbers[N], strings[1], strings[N / 4], strings[N / 2])

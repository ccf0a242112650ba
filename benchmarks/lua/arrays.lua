local N = 1200000 -- small: 10000
-- Array writes and reads, reversal, prefix sums, copies.

local t = {}
for i = 1, N do
  t[i] = i * 3 % 1001
end

local sum = 0
for i = 1, #t do
  sum = sum + t[i]
end

for round = 1, 3 do
  local i, j = 1, #t
  while i < j do
    t[i], t[j] = t[j], t[i]
    i = i + 1
    j = j - 1
  end
end

local prefix = {}
local running = 0
for i, v in ipairs(t) do
  running = running + v
  prefix[i] = running
end

local best, at = -1, 0
for i = 2, #prefix do
  local step = prefix[i] - prefix[i - 1]
  if step > best then
    best, at = step, i
  end
end
print(sum, prefix[#prefix], best, at)

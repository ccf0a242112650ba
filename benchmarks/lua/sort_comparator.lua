local N = 50000 -- small: 1600
-- table.sort with a comparator, and hand-written insertion and merge sorts.

local seed = 7
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end

local function make(count)
  local list = {}
  for i = 1, count do
    list[i] = { name = "b" .. i, weight = random(1000), id = i }
  end
  return list
end

local records = make(N)
table.sort(records, function(a, b)
  if a.weight ~= b.weight then
    return a.weight > b.weight
  end
  return a.id < b.id
end)

local plain = {}
for i = 1, N do plain[i] = random(1000000) end
table.sort(plain, function(a, b) return a > b end)

local function merge_sort(list, first, last, less)
  if first >= last then return end
  local middle = math.floor((first + last) / 2)
  merge_sort(list, first, middle, less)
  merge_sort(list, middle + 1, last, less)
  local left = {}
  for i = first, middle do left[#left + 1] = list[i] end
  local i, j, k = 1, middle + 1, first
  while i <= #left and j <= last do
    if less(list[j], left[i]) then
      list[k] = list[j]
      j = j + 1
    else
      list[k] = left[i]
      i = i + 1
    end
    k = k + 1
  end
  while i <= #left do
    list[k] = left[i]
    i, k = i + 1, k + 1
  end
end

local merged = make(N / 2)
merge_sort(merged, 1, #merged, function(a, b) return a.weight < b.weight end)
print(records[1].id, records[N].id, plain[1], plain[N], merged[1].id, merged[#merged].id)

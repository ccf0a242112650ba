local N = 70000 -- small: 2000
-- A priority queue as a class, used for scheduling.

local Heap = {}
Heap.__index = Heap

function Heap.new(less)
  return setmetatable({ items = {}, size = 0, less = less }, Heap)
end

function Heap:push(item)
  self.size = self.size + 1
  local items, i = self.items, self.size
  items[i] = item
  while i > 1 do
    local parent = math.floor(i / 2)
    if not self.less(items[i], items[parent]) then break end
    items[i], items[parent] = items[parent], items[i]
    i = parent
  end
end

function Heap:pop()
  local items = self.items
  local top = items[1]
  items[1] = items[self.size]
  items[self.size] = nil
  self.size = self.size - 1
  local i = 1
  while true do
    local left, right, smallest = 2 * i, 2 * i + 1, i
    if left <= self.size and self.less(items[left], items[smallest]) then smallest = left end
    if right <= self.size and self.less(items[right], items[smallest]) then smallest = right end
    if smallest == i then break end
    items[i], items[smallest] = items[smallest], items[i]
    i = smallest
  end
  return top
end

local seed = 99
local function random()
  seed = seed * 16807 % 2147483647
  return seed
end

local heap = Heap.new(function(a, b) return a.at < b.at end)
local clock = 0
for i = 1, N do
  heap:push({ at = clock + random() % 1000, id = i })
  if i % 2 == 0 then
    clock = heap:pop().at
  end
end
local sum = 0
while heap.size > 0 do
  sum = (sum * 3 + heap:pop().at) % 1000003
end
print(clock, sum)

local N = 300 -- small: 5
-- Linked lists, an LRU cache, insertion at the front and removal from the middle.

local function cons(head, tail) return { head = head, tail = tail } end

local function length(list)
  local n = 0
  while list do
    n = n + 1
    list = list.tail
  end
  return n
end

local function reverse(list)
  local out
  while list ~= nil do
    out = cons(list.head, out)
    list = list.tail
  end
  return out
end

local LRU = {}
LRU.__index = LRU

function LRU.new(capacity)
  local first, last = {}, {}
  first.next, last.prev = last, first
  return setmetatable({ capacity = capacity, size = 0, map = {}, first = first, last = last }, LRU)
end

local function unlink(node)
  node.prev.next = node.next
  node.next.prev = node.prev
end

function LRU:link(node)
  local first = self.first
  node.next, node.prev = first.next, first
  first.next.prev = node
  first.next = node
end

function LRU:get(key)
  local node = self.map[key]
  if not node then return nil end
  unlink(node)
  self:link(node)
  return node.value
end

function LRU:set(key, value)
  local node = self.map[key]
  if node then
    node.value = value
    unlink(node)
  else
    if self.size >= self.capacity then
      local oldest = self.last.prev
      unlink(oldest)
      self.map[oldest.key] = nil
      self.size = self.size - 1
    end
    node = { key = key, value = value }
    self.map[key] = node
    self.size = self.size + 1
  end
  self:link(node)
end

local total, hits = 0, 0
local cache = LRU.new(64)
for round = 1, N do
  local list
  for i = 1, 1000 do list = cons(i, list) end
  list = reverse(list)
  total = total + length(list) + list.head
  for i = 1, 1000 do
    local key = "k" .. i * i % 97
    if cache:get(key) then
      hits = hits + 1
    else
      cache:set(key, i)
    end
  end
  local queue = {}
  for i = 1, 100 do table.insert(queue, 1, i) end
  while #queue > 0 do total = total + table.remove(queue, math.ceil(#queue / 2)) end
end
print(total, hits)

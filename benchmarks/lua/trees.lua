local N = 16 -- small: 11
-- Binary trees: many small tables, recursion over them.

local function bottom_up(depth)
  if depth == 0 then
    return {}
  end
  return { bottom_up(depth - 1), bottom_up(depth - 1) }
end

local function check(tree)
  if tree[1] then
    return 1 + check(tree[1]) + check(tree[2])
  end
  return 1
end

local long = bottom_up(N)
local total = 0
for depth = 4, N - 2, 4 do
  local rounds = 2 ^ (N - depth + 1)
  local sum = 0
  for i = 1, rounds do
    sum = sum + check(bottom_up(depth))
  end
  total = total + sum
end
local Tree = {}
Tree.__index = Tree
function Tree:insert(key)
  local node = self
  while true do
    local side = key < node.key and "left" or "right"
    if node[side] == nil then
      node[side] = setmetatable({ key = key }, Tree)
      return
    end
    node = node[side]
  end
end
local root = setmetatable({ key = 500 }, Tree)
for i = 1, 2 ^ (N - 1) do
  root:insert(i * 7919 % 10007)
end
local function height(node)
  if not node then return 0 end
  return 1 + math.max(height(node.left), height(node.right))
end
print(total, check(long), height(root))

local N = 270000 -- small: 3000
-- Operators by metamethods: __add, __mul, __eq, __lt, __tostring, __call, __newindex.

local Vector = {}
Vector.__index = Vector

local function new(x, y)
  return setmetatable({ x = x, y = y }, Vector)
end

Vector.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end
Vector.__sub = function(a, b) return new(a.x - b.x, a.y - b.y) end
Vector.__mul = function(a, k) return new(a.x * k, a.y * k) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__lt = function(a, b) return a.x * a.x + a.y * a.y < b.x * b.x + b.y * b.y end
Vector.__tostring = function(v) return "(" .. v.x .. ", " .. v.y .. ")" end
setmetatable(Vector, { __call = function(_, x, y) return new(x, y) end })

local position = Vector(0, 0)
local one = Vector(1, 2)
local less, same = 0, 0
for i = 1, N do
  position = position + one * (i % 5) - Vector(2, 4)
  if position < one then less = less + 1 end
  if position == one then same = same + 1 end
end

local writes = 0
local guarded = setmetatable({}, { __newindex = function(t, k, v)
  writes = writes + 1
  rawset(t, k, v)
end })
for i = 1, N do
  guarded[i % 1000] = i
end
print(tostring(position), less, same, writes)

local N = 240000 -- small: 2500
-- Variable arguments: select, {...}, unpack, forwarding, multiple results.

local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do
    total = total + select(i, ...)
  end
  return total
end

local function pack(...)
  return { n = select("#", ...), ... }
end

local function tail(first, ...)
  return ...
end

local function minmax(a, b, c)
  return math.min(a, b, c), math.max(a, b, c)
end

local function call(f, ...)
  return f(...)
end

local function max_of(...)
  local best = -math.huge
  for _, v in ipairs({ ... }) do
    if v > best then best = v end
  end
  return best
end

local total = 0
for i = 1, N do
  total = total + sum(i, 2, 3, 4)
  local p = pack(i, nil, 3)
  total = total + p.n
  local a, b = tail(1, i, 3)
  total = total + a + b
  local low, high = call(minmax, i, 5, 7)
  total = total + high - low
  total = total + max_of(unpack({ 3, i % 10, 4 }))
end
print(total)

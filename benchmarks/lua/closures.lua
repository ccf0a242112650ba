local N = 650000 -- small: 12000
-- Counters, adders, composition, map, filter and reduce.

local function counter(start)
  local value = start
  return function(step)
    value = value + step
    return value
  end
end

local function compose(f, g)
  return function(x)
    return f(g(x))
  end
end

local function adder(n)
  return function(x) return x + n end
end

local total = 0
for i = 1, N do
  local c = counter(i)
  c(1)
  c(2)
  total = total + c(3)
end

local chain = adder(0)
for i = 1, 10 do
  chain = compose(chain, adder(i))
end
for i = 1, N / 4 do
  total = total + chain(i)
end

local function map(t, f)
  local r = {}
  for i = 1, #t do r[i] = f(t[i]) end
  return r
end

local function filter(t, p)
  local r = {}
  for _, v in ipairs(t) do
    if p(v) then r[#r + 1] = v end
  end
  return r
end

local function reduce(t, f, acc)
  for _, v in ipairs(t) do acc = f(acc, v) end
  return acc
end

local numbers = {}
for i = 1, 100 do numbers[i] = i end
for round = 1, N / 200 do
  local squares = map(numbers, function(x) return x * x + round end)
  local even = filter(squares, function(x) return x % 2 == 0 end)
  total = total + reduce(even, function(a, b) return a + b end, 0)
end
print(total)

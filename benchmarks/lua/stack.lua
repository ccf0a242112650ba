local N = 4400 -- small: 80
-- Push and pop, with # and with table.insert and table.remove.

local function rounds(count)
  local stack = {}
  local top = 0
  for i = 1, count do
    stack[#stack + 1] = i
    if i % 3 == 0 then
      local last = stack[#stack]
      stack[#stack] = nil
      top = top + last
    end
  end
  while #stack > 0 do
    top = top + stack[#stack]
    stack[#stack] = nil
  end
  return top
end

local function library(count)
  local stack = {}
  local sum = 0
  for i = 1, count do
    table.insert(stack, i)
    if i % 4 == 0 then
      sum = sum + table.remove(stack)
    end
  end
  while #stack > 0 do
    sum = sum + table.remove(stack)
  end
  return sum
end

local a, b = 0, 0
for i = 1, N do
  a = a + rounds(200 + i % 10)
  b = b + library(100 + i % 10)
end
print(a, b)

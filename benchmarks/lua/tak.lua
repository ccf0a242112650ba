local N = 220 -- small: 8
-- Three arguments, four calls.

function tak(x, y, z)
  if y >= x then
    return z
  end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local sum = 0
for i = 1, N do
  sum = sum + tak(16, 10, 4 + i % 2)
end
print(sum)

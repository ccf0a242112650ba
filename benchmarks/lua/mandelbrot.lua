local N = 450 -- small: 60
-- The Mandelbrot set: a nested loop of pure arithmetic with an early exit.

local inside, iterations = 0, 0
for py = 0, N - 1 do
  local ci = 2 * py / N - 1
  for px = 0, N - 1 do
    local cr = 2 * px / N - 1.5
    local zr, zi, escaped = 0, 0, false
    for i = 1, 50 do
      local r2, i2 = zr * zr, zi * zi
      if r2 + i2 > 4 then
        escaped = true
        break
      end
      zi = 2 * zr * zi + ci
      zr = r2 - i2 + cr
      iterations = iterations + 1
    end
    if not escaped then
      inside = inside + 1
    end
  end
end
print(inside, iterations)

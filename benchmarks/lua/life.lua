local N = 180 -- small: 3
-- Conway's life on a torus: nested tables, modulo, neighbours.

local W, H = 48, 40
local grid = {}
for y = 1, H do
  grid[y] = {}
  for x = 1, W do
    grid[y][x] = (x * x + y * 3 + x * y * y) % 11 < 4 and 1 or 0
  end
end

function neighbours(g, x, y)
  local n = 0
  for dy = -1, 1 do
    for dx = -1, 1 do
      if dx ~= 0 or dy ~= 0 then
        n = n + g[(y + dy - 1) % H + 1][(x + dx - 1) % W + 1]
      end
    end
  end
  return n
end

function step(g)
  local new = {}
  for y = 1, H do
    local row = {}
    for x = 1, W do
      local n = neighbours(g, x, y)
      if n == 3 or (n == 2 and g[y][x] == 1) then
        row[x] = 1
      else
        row[x] = 0
      end
    end
    new[y] = row
  end
  return new
end

for _ = 1, N do
  grid = step(grid)
end
local alive = 0
for y = 1, H do
  for x = 1, W do alive = alive + grid[y][x] end
end
print(alive)

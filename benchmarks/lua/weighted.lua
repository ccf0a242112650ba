local N = 200000 -- small: 3000
-- Weighted pick, smooth weighted round robin and least connections over backends.

local backends = {}
for i = 1, 8 do
  backends[i] = { name = "backend-" .. i, weight = i % 4 + 1, health = i ~= 3, current = 0, connections = 0, picks = 0 }
end

local seed = 1
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n + 1
end

function healthy(list)
  local out = {}
  for _, b in ipairs(list) do
    if b.health then
      out[#out + 1] = b
    end
  end
  return out
end

function pick_weighted(list)
  local total = 0
  for _, b in ipairs(list) do
    total = total + b.weight
  end
  local r = random(total)
  for _, b in ipairs(list) do
    r = r - b.weight
    if r <= 0 then
      return b
    end
  end
end

function pick_smooth(list)
  local total, best = 0, nil
  for i = 1, #list do
    local b = list[i]
    b.current = b.current + b.weight
    total = total + b.weight
    if not best or b.current > best.current then
      best = b
    end
  end
  best.current = best.current - total
  return best
end

function pick_least(list)
  local best
  for _, b in pairs(list) do
    if best == nil or b.connections < best.connections or (b.connections == best.connections and b.name < best.name) then
      best = b
    end
  end
  return best
end

for i = 1, N / 2 do
  local list = healthy(backends)
  local b = pick_weighted(list)
  b.picks = b.picks + 1
  b = pick_smooth(list)
  b.picks = b.picks + 1
  b = pick_least(list)
  b.connections = b.connections + 1
end
for _, b in ipairs(backends) do
  print(b.name, b.picks, b.connections)
end

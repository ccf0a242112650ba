local N = 2600 -- small: 20
-- Tables with string keys: counters, lookups, deletions, membership.

local keys = {}
for i = 1, 1000 do
  keys[i] = "key-" .. (i * 7919 % 10007)
end

local hits, misses = 0, 0
local counts = {}
for round = 1, N do
  for i = 1, #keys do
    local key = keys[i]
    counts[key] = (counts[key] or 0) + i
  end
  for i = 1, #keys, 3 do
    if counts[keys[i]] then
      hits = hits + 1
      if i % 9 == 1 then
        counts[keys[i]] = nil
      end
    else
      misses = misses + 1
    end
  end
  local config = { host = "a", port = 80 + round, path = "/", tls = true }
  for i = 1, 1000 do
    if config.tls and config.port > 80 then
      hits = hits + #config.host
    end
  end
end

local total, size = 0, 0
for _, value in pairs(counts) do
  total = total + value
  size = size + 1
end
print(hits, misses, total, size)

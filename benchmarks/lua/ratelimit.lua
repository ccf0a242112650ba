local N = 400000 -- small: 8000
-- Token buckets and sliding windows per client: a table per client, arithmetic, module style.

local limiter = {}
local buckets = {}

function limiter.allow(client, now, rate, burst)
  local bucket = buckets[client]
  if not bucket then
    bucket = { tokens = burst, last = now }
    buckets[client] = bucket
  end
  local elapsed = now - bucket.last
  bucket.tokens = math.min(burst, bucket.tokens + elapsed * rate)
  bucket.last = now
  if bucket.tokens >= 1 then
    bucket.tokens = bucket.tokens - 1
    return true, bucket.tokens
  end
  return false, 0
end

local windows = {}
function limiter.window(client, now, limit, length)
  local list = windows[client]
  if list == nil then
    list = {}
    windows[client] = list
  end
  while list[1] and list[1] <= now - length do
    table.remove(list, 1)
  end
  if #list >= limit then
    return false
  end
  table.insert(list, now)
  return true
end

local allowed, denied, window_denied = 0, 0, 0
for i = 1, N do
  local client = "10.0." .. i % 16 .. "." .. i % 7
  local now = i * 0.01
  local ok, left = limiter.allow(client, now, 0.5, 10)
  if ok then
    allowed = allowed + 1
  else
    denied = denied + 1
  end
  if i % 2 == 0 and not limiter.window(client, now, 20, 60) then
    window_denied = window_denied + 1
  end
end
print(allowed, denied, window_denied)

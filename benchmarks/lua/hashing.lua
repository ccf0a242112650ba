local N = 75000 -- small: 800
-- Hashing strings byte by byte: 31-multiplication, djb2, Adler-32; a bucket per user.

local function hash31(text)
  local h = 0
  for i = 1, #text do
    h = (h * 31 + string.byte(text, i)) % 4294967296
  end
  return h
end

local function djb2(s)
  local hash = 5381
  for i = 1, #s do
    hash = (hash * 33 + s:byte(i)) % 2 ^ 32
  end
  return hash
end

function adler32(s)
  local a, b = 1, 0
  for i = 1, string.len(s) do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local buckets = {}
for i = 0, 9 do buckets[i] = 0 end
local sum = 0
for i = 1, N do
  local user = "user-" .. i .. "-abcdef"
  local bucket = hash31(user) % 10
  buckets[bucket] = buckets[bucket] + 1
  sum = (sum + djb2(user) + adler32(user)) % 1000000007
end
print(sum, buckets[0], buckets[5], buckets[9])

local N = 3500000 -- small: 40000
-- The sieve of Eratosthenes.

local function sieve(limit)
  local prime = {}
  for i = 2, limit do
    prime[i] = true
  end
  local i = 2
  while i * i <= limit do
    if prime[i] then
      for j = i * i, limit, i do
        prime[j] = false
      end
    end
    i = i + 1
  end
  local count, sum = 0, 0
  for n = 2, limit do
    if prime[n] then
      count = count + 1
      sum = sum + n
    end
  end
  return count, sum
end

print(sieve(N))

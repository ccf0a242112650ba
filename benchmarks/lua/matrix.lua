local N = 150 -- small: 30
-- Matrix multiplication on tables of tables.

local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do
      row[j] = f(i, j)
    end
    m[i] = row
  end
  return m
end

local function multiply(a, b, n)
  local c = {}
  for i = 1, n do
    c[i] = {}
    for j = 1, n do
      local sum = 0
      for k = 1, n do
        sum = sum + a[i][k] * b[k][j]
      end
      c[i][j] = sum
    end
  end
  return c
end

local a = matrix(N, function(i, j) return (i + j) % 10 end)
local b = matrix(N, function(i, j) return i == j and 2 or (i * j) % 3 end)
local c = multiply(a, b, N)
c = multiply(c, a, N)
local trace = 0
for i = 1, N do
  trace = trace + c[i][i]
end
print(trace, c[1][N], c[N][1])

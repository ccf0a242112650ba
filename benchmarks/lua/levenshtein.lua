local N = 1100 -- small: 8
-- Edit distance of strings, by rows.

function levenshtein(a, b)
  local la, lb = #a, #b
  if la == 0 then return lb end
  if lb == 0 then return la end
  local previous, current = {}, {}
  for j = 0, lb do previous[j] = j end
  for i = 1, la do
    current[0] = i
    local ca = a:sub(i, i)
    for j = 1, lb do
      local cost = ca == b:sub(j, j) and 0 or 1
      current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
    end
    previous, current = current, previous
  end
  return previous[lb]
end

local words = { "/api/v1/users/profile", "/api/v2/user/profiles", "/static/images/logo", "/healthz/ready" }
local total = 0
for i = 1, N do
  for _, a in ipairs(words) do
    total = total + levenshtein(a, words[i % 4 + 1] .. i)
  end
end
print(total)

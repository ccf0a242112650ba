local N = 110000 -- small: 1000
-- string.find, plain and with patterns, and string.match with captures.

local paths = {
  "/api/v1/users/4711/orders/42", "/static/img/logo.png", "/api/v2/login",
  "/health", "/index.html", "/api/v1/search?q=lua&page=3",
}
local agents = {
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
  "curl/8.5.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148",
}

local found, plain, numbers, versions = 0, 0, 0, 0
for i = 1, N do
  local path = paths[i % #paths + 1]
  if string.find(path, "^/api/") then found = found + 1 end
  if path:find(".png", 1, true) then plain = plain + 1 end
  local id = path:match("/users/(%d+)")
  if id then numbers = numbers + tonumber(id) end
  local major, minor = agents[i % #agents + 1]:match("(%d+)%.(%d+)")
  if major then versions = versions + major * 10 + minor end
  local name, ext = path:match("([^/]+)%.(%a+)$")
  if name then found = found + #name + #ext end
  local s, e = path:find("%?.*$")
  if s then plain = plain + e - s end
end
print(found, plain, numbers, versions)

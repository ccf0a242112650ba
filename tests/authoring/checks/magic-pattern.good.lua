-- Plain text as such, classes and sets, escaped text, and names that say that they are patterns.
local function escape(text)
  return (text:gsub("%p", "%%%0"))
end

local hex = ("%x"):rep(8)
local host_matcher = require("words").matcher
local SIGNS = { plus = "%+" }
local rules = { { pattern = "^/api/%d+", backend = "api" } }

function on_route_request(request, backends)
  local word = "canary"
  for _, backend in ipairs(backends) do
    if backend.name:find("version-a", 1, true) or backend.name:find("version%-a") or backend.name:find(word) then
      return { selected_backend = backend.name }
    end
    if backend.name:match("^(.-)%-([a-z0-9-]+)%s-$") or backend.name:find("^" .. escape(request.host)) then
      return { selected_backend = backend.name }
    end
  end
  if request.host:match("^api%.example%.com$") or request.path:match("(.+).com") or request.path:match("%.js$") then
    return { reject = true }
  end
  local sep, store = ",", {}
  function store.find(_, name, options) return name, options end
  store:find(request.host, {})
  for part in request.path:gmatch("[^" .. sep .. request.method .. "]+") do
    log(host_matcher:match(request.host), part:match("id=" .. hex), part:gsub(SIGNS.plus, "-"), part:match(rules.VERSION), request.path:match(part .. "%d+"))
  end
  for _, rule in ipairs(rules) do
    if request.path:match(rule.pattern) then
      return { selected_backend = rule.backend }
    end
  end
  return nil
end

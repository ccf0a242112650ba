-- Patterns as they should be, plain texts that would be none, and patterns that are made.
local re = require "re"

function on_route_request(request, backends)
  local open = "("
  if request.path:match("^/api/(%d+)/()") or request.path:find("[a-z", 1, true) or request.path:find("%" .. open) then
    return { selected_backend = backends[1].name }
  end
  local path = request.path:gsub("^/v(%d+)/", "/%1/%0/%%"):gsub("x", "%1")
  local found = re.match(path, [[^/(\d+)/]]) or re.match(request.host, "(?i)api", "jo")
  return { selected_backend = found and found[1] or backends[2].name }
end

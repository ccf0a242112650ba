-- The names are written out, so that the modules are linked.
local MODULES = { first = "words", second = "text" }

function on_route_request(request, backends)
  local name = MODULES[request.headers["X-Words"] or "first"] or "words"
  local words = require(name)
  return { selected_backend = words.first or backends[1].name }
end

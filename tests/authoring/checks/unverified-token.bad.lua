-- Who writes "tier": "gold" into a token of their own gets it.
local jwt = require "jwt"

function on_route_request(request, backends)
  local token = jwt.decode((request.headers["Authorization"] or ""):sub(8))
  if token and token.payload.tier == "gold" then
    return { selected_backend = "gold" }
  end
  return { selected_backend = backends[1].name }
end

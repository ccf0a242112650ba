-- Decoded to find the issuer, whose keys it is then verified with.
local jwt = require "jwt"
local KEYS = { login = "a secret of at least thirty-two bytes" }

function on_route_request(request, backends)
  local text = (request.headers["Authorization"] or ""):sub(8)
  local token = jwt.decode(text)
  local key = token and KEYS[token.payload.iss]
  if key and jwt.verify(text, key, { algorithms = "HS256" }).verified then
    return { selected_backend = token.payload.tier == "gold" and "gold" or backends[1].name }
  end
  return { reject = true, reject_reason = "token" }
end

-- Token gate: a JSON Web Token says which backend; without a good one the request is rejected.
--
--   Authorization: Bearer eyJ...     HS256, signed with SECRET; the claim `tier` is part of a backend's name

local backends_of = require "backends"
local jwt = require "jwt"

local SECRET = "replace me with a secret of 32 bytes or more"
local RULES = { algorithms = "HS256", iss = "https://login.example.com", aud = "gateway", require = "exp" }

local function unauthorized(why)
  local answer = backends_of.reject("401: " .. why)
  answer.reject_status = 401
  answer.reject_headers = { ["WWW-Authenticate"] = "Bearer" }
  return answer
end

function on_route_request(request, backends)
  local token = (request.headers["Authorization"] or ""):match("^[Bb]earer ([%w%-_%.]+)$")
  if not token then
    return unauthorized("a bearer token is required")
  end
  local result = jwt.verify(token, SECRET, RULES)
  if not result.verified then
    return unauthorized(result.reason)
  end
  local tier = result.payload.tier
  if type(tier) ~= "string" then
    tier = "standard"
  end
  return backends_of.route(backends, tier, "X-Tier", tier)
end

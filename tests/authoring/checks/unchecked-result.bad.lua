local base64 = require "base64"
local cjson = require "cjson"
local json = require "json"
local jwt = require "jwt"
local url = require "url"

local function user_of(request)
  local plain = base64.decode(request.headers["Authorization"] or "")
  return plain:match("^([^:]*):")
end

local function claims_of(request)
  local token = jwt.verify(request.headers["Authorization"] or "", "secret")
  return token.payload.sub
end

function on_route_request(request, backends)
  local body = cjson.decode(request.body)
  local order, problem = json.decode_safe(request.body)
  if order.tier == "gold" or jwt.verify(body.token, "secret") then
    return { selected_backend = url.parse(body.target).host .. user_of(request) }
  end
  return { selected_backend = backends[1].name, tags = { user = claims_of(request) } }
end

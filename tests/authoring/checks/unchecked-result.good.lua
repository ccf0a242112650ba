-- Results that are asked for, and such as cannot be nil.
local base64 = require "base64"
local json = require "json"
local jwt = require "jwt"
local re = require "re"
local url = require "url"

local FIXED = json.decode('{"gold": "eu"}')

local function body_of(request)
  local ok, body = pcall(function() return json.decode(request.body) end)
  return ok and body or {}
end

function on_route_request(request, backends)
  local plain = base64.decode(request.headers["Authorization"] or "")
  local user = plain and plain:match("^([^:]*):") or "nobody"
  local order, problem = json.decode_safe(request.body)
  if problem then
    return { reject = true, reject_reason = problem }
  end
  local target = assert(url.parse("http://a.b/" .. order.name))
  local path = url.parse(request.path)
  assert(path)
  local found = re.match(request.path, "^/(a)")
  local first = found ~= nil and found[1] or path.host .. tostring(json.get(request.body, "/a"))
  local token = jwt.verify(first, "secret")
  if not token.verified or not jwt.verify(user, "secret").verified then
    return { reject = true, reject_reason = token.reason or FIXED.gold }
  end
  return { selected_backend = backends[1].name .. target.host .. body_of(request).name .. token.payload.sub }
end

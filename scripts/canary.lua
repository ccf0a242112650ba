-- Canary: a share of the traffic goes to the canary backends.
--
--   X-Canary: true           this request goes to the canary, whatever the share
--   X-Canary: false          this request stays on the stable backends
--   X-Canary-Percent: 25     the share, 0 to 100; 10 if absent

local backends_of = require "backends"

local DEFAULT_PERCENT = 10

local function wants_canary(headers)
  local forced = headers["X-Canary"]
  if forced then
    return forced == "true"
  end
  local percent = tonumber(headers["X-Canary-Percent"]) or DEFAULT_PERCENT
  return math.random(100) <= percent
end

function on_route_request(request, backends)
  local kind = wants_canary(request.headers) and "canary" or "stable"
  return backends_of.route(backends, kind, "X-Backend-Type", kind)
end

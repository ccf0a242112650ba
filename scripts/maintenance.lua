-- Maintenance: between two times of day only a list of networks gets through; everybody else is told until when.
--
--   X-Real-IP: 10.1.2.3     the client, as the gateway saw it

local backends_of = require "backends"
local ip = require "ip"
local time = require "time"

local FROM, TO, ZONE = "02:00", "04:00", "Europe/Berlin"

local ALLOWED = constant(function()
  return ip.matcher{ "10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32" }
end)

function on_route_request(request, backends)
  if time.between(FROM, TO, ZONE) and not ALLOWED:match(request.headers["X-Real-IP"] or "") then
    local answer = backends_of.reject("Maintenance until " .. TO .. " (" .. ZONE .. ")")
    answer.reject_status = 503
    return answer
  end
  local backend = backends_of.any_healthy(backends)
  if not backend then
    return backends_of.reject("No healthy backends available")
  end
  return { selected_backend = backend.name }
end

local json = require "words"
local a, b, c = 1, 2, 3

local function unused(x)
  return x + b
end

function on_route_request(request, backends)
  local reason
  reason = "none"
  return { selected_backend = backends[1].name }
end

-- Blue-green: all traffic goes to the deployment that X-Deployment-State names.
--
--   X-Deployment-State: blue | green     blue if absent or anything else

local backends_of = require "backends"

function on_route_request(request, backends)
  local state = request.headers["X-Deployment-State"]
  local deployment = state == "green" and "green" or "blue"
  return backends_of.route(backends, deployment, "X-Deployment", deployment)
end

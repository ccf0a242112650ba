-- lib/ is not looked into while a request waits.
function on_route_request(request, backends)
  local plugin = require("plugins." .. (request.headers["X-Plugin"] or "none"))
  local ok, other = pcall(require, request.host)
  return plugin.decide(ok and other, backends)
end

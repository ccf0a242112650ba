-- Lua notices when a match comes to the fault: after the deployment.
local re = require "re"

function on_route_request(request, backends)
  if request.path:match("^/api/(%d+") or request.path:find("[a-z") then
    return { selected_backend = backends[1].name }
  end
  local path = request.path:gsub("^/v%d+/", "/%2/")
  local found = re.match(request.path, [[^/(\d+/]]) or re.match(request.host, "(?=api)", "jo")
  local host = re.gsub(request.host, "a++", "b") .. string.match(path, "%") .. string.gsub(path, "%f", "")
  return { selected_backend = found and found[1] or re.match(host, "a", "q")[0] }
end

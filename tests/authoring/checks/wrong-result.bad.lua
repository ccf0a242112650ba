-- Answers as other gateways have them.
function on_route_request(request, backends)
  if request.method == "PUT" then
    return "api-stable"
  elseif request.method == "POST" then
    return backends[1].name
  elseif request.method == "DELETE" then
    return false
  elseif request.method == "HEAD" then
    return backends[1]
  elseif request.method == "PATCH" then
    return "api-" .. request.host
  elseif request.method == "OPTIONS" then
    return nil, "no options"
  end
  return { selected_backend = backends[1].name }, { ["X-A"] = "1" }
end

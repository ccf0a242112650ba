-- Hooks of other gateways, and one that nobody has.
function on_route_request(request, backends)
  return { selected_backend = backends[1].name }
end

function on_response(response)
  response.headers["X-Served-By"] = "lua"
end

header_filter = function() end

function on_backend_down(backend)
  log(backend.name)
end

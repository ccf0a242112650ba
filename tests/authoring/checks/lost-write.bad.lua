-- The request is the script's own copy: the backend does not see what changes in it.
function on_route_request(request, backends)
  if request.path == "/old" then
    request.path = "/new"
  end
  request.headers["X-Tenant"] = "a"
  request.headers.Cookie = nil
  request.host = "api.internal"
  return { selected_backend = backends[1].name }
end

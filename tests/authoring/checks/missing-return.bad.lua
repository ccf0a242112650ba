-- Nobody is found: the request falls through, and is rejected with "Script returned nil".
function on_route_request(request, backends)
  for _, backend in ipairs(backends) do
    if backend.health then
      return { selected_backend = backend.name }
    end
  end
  if request.method == "GET" then
    return { reject = true }
  elseif request.method == "PUT" then
    log("put")
  end
end

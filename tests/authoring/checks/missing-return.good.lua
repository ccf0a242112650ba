-- Each way has its return, or cannot be gone to its end.
function on_route_request(request, backends)
  local function find(name)
    for _, backend in ipairs(backends) do
      if backend.name == name then
        return backend
      end
    end
  end
  if request.method == "GET" then
    return { selected_backend = (find("a") or backends[1]).name }
  elseif request.method == "PUT" then
    do
      return nil
    end
  else
    error("no such method")
  end
end

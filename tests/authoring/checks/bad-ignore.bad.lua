function on_route_request(request, backends)
  count = 1 -- keystone: ignore accidental-globals
  return { selected_backend = backends[1].name }
end

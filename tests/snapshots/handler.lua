function on_route_request(request, backends)
  return { selected_backend = backends[1].name }
end

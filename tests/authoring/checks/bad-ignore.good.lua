function on_route_request(request, backends)
  local spare, more = 1, count -- keystone: ignore unused-local, undefined-global
  return { selected_backend = backends[1].name }
end

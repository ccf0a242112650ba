function on_route_request(request, backends)
  backend = backends[1]
  for _, candidate in ipairs(backends) do
    if candidate.health then
      name, found = candidate.name, true
    end
  end
  return { selected_backend = found and name or backend.name }
end

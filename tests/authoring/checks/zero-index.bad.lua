function on_route_request(request, servers)
  for i = 0, #servers - 1 do
    if servers[i].health then
      return { selected_backend = servers[i].name }
    end
  end
  if request.path == "/first" then
    return { selected_backend = servers[0].name }
  end
  return { selected_backend = request.backends[0].name }
end

function on_route_request(request, backends)
  log(math.random())
  return { selected_backend = backends[math.random(#backends)].name }
end

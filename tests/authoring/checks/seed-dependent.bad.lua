function on_route_request(request, backends)
  math.randomseed(7)
  log(math.random())
  return { selected_backend = backends[math.random(#backends)].name }
end

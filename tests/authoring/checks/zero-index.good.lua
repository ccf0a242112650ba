local PORTS = { [0] = 80, 81 }

function on_route_request(request, backends)
  for i = 0, #backends - 1 do
    if backends[i + 1].health then
      return { selected_backend = backends[i + 1].name }
    end
  end
  for i = #backends, 1, -1 do
    log(backends[i].name)
  end
  if backends[0] then
    log(PORTS[0])
  end
  return { selected_backend = backends[1].name }
end

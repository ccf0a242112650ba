local function decide(request, backends)
  return { selected_backend = backends[1].name }
end
on_route_request = decide

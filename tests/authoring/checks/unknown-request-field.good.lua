function on_route_request(request, backends)
  request.customer = request.args and request.args.customer or request.headers["X-Customer"]
  local other = { qurey = 1 }
  return { selected_backend = backends[1].name, reject_reason = request.customer .. other.qurey .. (request.query or "") }
end

on_route_request = function(r, servers)
  for place, server in ipairs(servers) do
    server.place = place
    local first = servers[1] or {}
    local sum = { place = server.place + first.place, other = servers.n }
    if server.health and server.labels and sum.other and first.labels.canary then
      return { selected_backend = server.name }
    end
  end
  return nil
end

function on_route_request(request, backends)
  return {selected_backend = backends[1] and backends[1].name or "", reject = backends[1] == nil}
end

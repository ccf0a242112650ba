function on_route_request(request, backends)
  local hour = os.date("*t").hour
  return { selected_backend = backends[hour % #backends + 1].name, modified_headers = { ["X-Time"] = os.time() } }
end

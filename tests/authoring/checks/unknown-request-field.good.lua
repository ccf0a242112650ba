function on_route_request(request, backends)
  request.customer = request.args and request.args.customer or request.headers["X-Customer"]
  local other = { qurey = 1 }
  return { selected_backend = backends[1].name, reject_reason = request.customer .. other.qurey .. (request.query or "") }
end

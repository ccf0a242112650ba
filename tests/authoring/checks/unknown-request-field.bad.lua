function on_route_request(request, backends)
  if request.qurey == "a" then
    return { selected_backend = request.header["X-A"] }
  end
  return { selected_backend = backends[1].name, reject_reason = request.zzzzzz }
end

function on_route_request(request, backends)
  if request.path == "/" then
    return { reject = true }
  end
  return nil
end

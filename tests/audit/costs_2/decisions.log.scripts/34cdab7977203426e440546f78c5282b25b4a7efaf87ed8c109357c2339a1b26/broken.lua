function on_route_request(request) return request.nothing.at_all end

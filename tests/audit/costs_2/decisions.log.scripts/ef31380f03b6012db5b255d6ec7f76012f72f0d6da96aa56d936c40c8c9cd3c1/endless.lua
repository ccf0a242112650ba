function on_route_request() while true do end end

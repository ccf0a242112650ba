function on_route_request(request, backends)
  if request.qurey == "a" then
    return { selected_backend = request.header["X-A"] }
  end
  return { selected_backend = backends[1].name, reject_reason = request.zzzzzz }
end

local function log_all(list)
  for _, each in ipairs(list) do
    log(each.healthy)
  end
end
on_route_request = function(r, servers)
  log_all(servers)
  for _, server in ipairs(servers) do
    local first = servers[1]
    if server.healthy or first.adress or r.backends[2].zoen then
      return { selected_backend = server.name, reject_reason = r.remote_addr .. r.cookies.session }
    end
  end
end

function on_route_request(request, backends)
  local i, n = 1, #backends
  while i <= n do
    log(backends[i].name)
  end
  repeat
    for _ = 1, 3 do
      break
    end
  until false
  for k = 1, 10, 0 do
    log(k)
  end
  while true do
    log("again")
  end
end

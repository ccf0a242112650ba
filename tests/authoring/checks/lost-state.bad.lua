-- Turns and counts that begin anew with each request.
local turn = 0
local seen = {}
requests = 0

function on_route_request(request, backends)
  requests = requests + 1
  turn = turn % #backends + 1
  seen[request.host] = (seen[request.host] or 0) + 1
  if seen[request.host] > 100 then
    return { reject = true, reject_status = 429 }
  end
  return { selected_backend = backends[turn].name, tags = { count = requests } }
end

-- Made plain for the script's own use: what is written is read.
local function choose(request, backends)
  return backends[#request.host % #backends + 1]
end

function on_route_request(request, backends)
  request.path = request.path:lower()
  request.headers["X-User"] = request.headers["X-User"] or "nobody"
  request.note = "mine"
  if request.path == "/" and request.headers["X-User"] == "nobody" then
    return { reject = true, reject_reason = request.note }
  end
  request.host = "a"
  return { selected_backend = choose(request, backends).name, modified_headers = { ["X-Tenant"] = "a" } }
end

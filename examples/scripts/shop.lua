-- What the gateways' examples ask: a header decides, /admin is closed, /account wants a session. Where the request goes
-- holds for a minute: a gateway that keeps decisions need not ask again.

function on_route_request(request)
  local path = request.path
  if path:find("^/admin") then
    return { reject = true, reject_reason = "not from here" }
  end
  if path == "/busy" then
    return { reject = true, reject_reason = "later", reject_status = 429, reject_headers = { ["Retry-After"] = "7" } }
  end
  if path == "/account" and not request.headers["Cookie"] then
    return { reject = true, reject_status = 302, reject_headers = { Location = "/login" } }
  end
  if path == "/inside" and request.client_ip ~= "127.0.0.1" then
    return { reject = true, reject_reason = "not from outside" }
  end
  if path == "/broken" then
    error("a mistake")
  end
  if path == "/endless" then
    while true do end
  end
  if request.headers["X-Beta"] == "yes" then
    return {
      selected_backend = "new",
      modified_path = "/v2" .. path,
      modified_headers = { ["X-Routed-By"] = "keystone" },
      cache = { seconds = 60 },
    }
  end
  if path == "/anywhere" then
    return { cache = { seconds = 60 } } -- the gateway's own default
  end
  return { selected_backend = "old", remove_headers = { "X-Routed-By" }, cache = { seconds = 60 } }
end

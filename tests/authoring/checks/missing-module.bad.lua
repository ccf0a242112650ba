local ok, json = pcall(require, "dkjson")
if not ok then
  json = nil
end

function on_route_request(request, backends)
  if request.path == "/metrics" then
    return require("metrics").route(request, backends)
  end
  return { selected_backend = json and json.encode(backends[1].name) or backends[1].name }
end

-- A string never changes: what the function answers is dropped.
local text = require "text"

function on_route_request(request, backends)
  local path = request.path
  path:lower()
  path:gsub("//+", "/")
  string.gsub(path, "^/v1", "")
  text.trim(path)
  tonumber(request.headers["X-Count"])
  table.concat({ path })
  return { selected_backend = backends[1].name, modified_path = path }
end

-- Strings' own methods, one that the script brings, and values of which nobody knows that they are strings.
function string.shorten(s)
  return s:sub(1, 3)
end

function on_route_request(request, backends)
  local path = request.path
  local found = request.headers["X-User"]
  local object = { trim = function() return "x" end }
  local name = path:lower():shorten() .. object:trim() .. object.trim() .. backends[1].name:upper()
  for _, backend in ipairs(backends) do
    name = name .. backend.labels:get(found)
  end
  return { selected_backend = name, modified_path = string.lower(path) }
end

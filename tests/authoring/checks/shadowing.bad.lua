local backend = "api-stable"
local table = {}

function on_route_request(request, backends)
  for _, backend in ipairs(backends) do
    if backend.health then
      local request = backend.name
      table.insert(table, request)
    end
  end
  for i = 1, 2 do
    for i = 1, 3 do
      log(i)
    end
  end
  return { selected_backend = backend }
end

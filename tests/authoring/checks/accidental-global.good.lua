-- Declared in the main chunk, or local.
counter = 0
local total = 0

local function count()
  counter = counter + 1
  total = total + 1
  return total
end

function on_route_request(request, backends)
  local backend = backends[count()]
  return { selected_backend = backend.name }
end

-- Assigned by its name it is the script's own.
function constant(make)
  return make()
end
_G.limit = 10
rawset(_G, "other", constant)

local LIMITS = constant(function()
  return { _G.limit, 20 }
end)

function on_route_request(request, backends)
  return { selected_backend = backends[LIMITS[1] % #backends + 1].name }
end

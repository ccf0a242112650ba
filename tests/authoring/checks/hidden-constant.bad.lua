-- The engine has made LIMITS before any of this runs.
_G.constant = function(make)
  return make()
end
_G["constant"] = nil
rawset(_G, "constant", print)

local LIMITS = constant(function()
  return { 10, 20 }
end)

function on_route_request(request, backends)
  return { selected_backend = backends[LIMITS[1] % #backends + 1].name }
end

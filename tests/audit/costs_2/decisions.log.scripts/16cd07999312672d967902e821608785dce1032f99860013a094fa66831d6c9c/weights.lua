-- Counts of cost table 2 and of later ones differ: a library by name, a table of a call's results.
local lib = math
function on_route_request(request, backends)
  local function both() return #backends, #request.path end
  local sizes = {both()}
  return {selected_backend = backends[lib.floor(sizes[1] / 2)].name, modified_path = "/" .. math.floor(sizes[2])}
end

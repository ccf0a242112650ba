-- What is counted within a request: in loops, by functions that are called several times, from a value of its own.
local healthy = 0
local weights = { 1, 2 }
local last

local function note(backend)
  healthy = healthy + (backend.health and 1 or 0)
end

function on_route_request(request, backends)
  local count = 0
  for _, backend in ipairs(backends) do
    note(backend)
    weights[1] = weights[1] + 1
    count = count + 1
  end
  count = count + healthy
  last = #backends
  last = last - 1
  return { selected_backend = backends[count % #backends + last].name, tags = { n = weights[1] } }
end

-- Parameters and loop variables have their place, _ says that a value is not wanted, a place before a used one is needed.
local first, second = ("a b"):match("(%a) (%a)")
local _unused = first

local function fact(n)
  return n < 2 and 1 or n * fact(n - 1)
end

function on_route_request(request, backends)
  local ok, backend = pcall(function() return backends[1] end)
  for i, _ in ipairs(backends) do
    log(second)
  end
  return { selected_backend = backend.name .. fact(3) }
end

-- A name taken again in the same block, one made of the outer one, a parameter: each says what it does.
local string = string
local backend = "api-stable"

local function lower(backend)
  return string.lower(backend)
end

function on_route_request(request, backends)
  local ok, name = pcall(lower, backend)
  local ok, other = pcall(lower, name)
  for _, candidate in ipairs(backends) do
    local name = name or other
    if ok and candidate.name == name then
      return { selected_backend = name }
    end
  end
  return nil
end

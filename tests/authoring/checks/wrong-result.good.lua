-- Tables, nil, what a function answers, and functions within that answer what they like.
local answers = { PUT = { selected_backend = "a" } }

local function name_of(backend)
  return backend.name
end

function on_route_request(request, backends)
  local function first()
    return backends[1].name, 1
  end
  if request.method == "GET" then
    return answers[request.method] or nil
  elseif request.method == "PUT" then
    return answers.PUT
  elseif request.method == "POST" then
    return nil
  end
  return { selected_backend = first() .. name_of(backends[2]) }
end

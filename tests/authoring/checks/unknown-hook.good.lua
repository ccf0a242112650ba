-- Functions that the script calls itself, locals, and tables' own.
local M = {}

function M.on_response() end

local function access(request)
  return request.path
end

function on_chosen(backend)
  log(backend.name)
end

function on_route_request(request, backends)
  on_chosen(backends[1])
  M.on_response()
  return { selected_backend = backends[1].name, modified_path = access(request) }
end

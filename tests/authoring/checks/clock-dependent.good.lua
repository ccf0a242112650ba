-- A time that is given, and os.clock, which counts instructions.
function on_route_request(request, backends)
  local started = os.clock()
  local day = os.date("%A", os.time({ year = 2026, month = 1, day = 1 }))
  return { selected_backend = backends[1].name, modified_headers = { ["X-Day"] = day, ["X-Used"] = os.clock() - started } }
end

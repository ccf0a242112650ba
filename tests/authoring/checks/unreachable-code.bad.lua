local function fail(reason)
  error(reason)
  log("failed")
end

function on_route_request(request, backends)
  if request.path == "/" then
    do return { selected_backend = "root" } end
    log("root")
  elseif request.path == "/old" then
    fail("old")
  end
  if false then
    log("never")
  end
  for _, backend in ipairs(backends) do
    if backend.health then
      return { selected_backend = backend.name }
    else
      error("ill")
    end
    log("next")
  end
end

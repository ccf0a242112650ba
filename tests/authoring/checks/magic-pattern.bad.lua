-- The Go engine's A/B script never matched a variant: in "version-a" the n is optional and the dash is gone.
function on_route_request(request, backends)
  local variant = request.headers["X-Variant"] or "a"
  local wanted = request.host
  for _, backend in ipairs(backends) do
    if backend.name:find("version-a") or string.match(backend.name, "version-" .. variant) then
      return { selected_backend = backend.name }
    end
    if backend.name:find(wanted) or backend.url:match(request.path) then
      return { selected_backend = backend.name }
    end
    if request.host:match("^api.example.com$") or request.host:find("internal.local:%d+") then
      return { selected_backend = backend.name }
    end
  end
end

function more(host)
  return host:match(".example.com$")
end

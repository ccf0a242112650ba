-- Methods of other languages' strings, and a dot in place of a colon.
function on_route_request(request, backends)
  local path = request.path
  local user = request.headers["X-User"] or "nobody"
  if path:startswith("/api") or path.lower() == "/" or request.host:endsWith(".example") then
    return { selected_backend = user:trim() }
  end
  local parts = request.query:split("&")
  return { selected_backend = parts[1], modified_path = path:replace("a", "b") .. user:uper() .. path.trim(path) }
end

function on_route_request(request, backends)
  for _, backend in ipairs(backends) do
    if not backend.health then
      goto continue
    end
    while true do
      if #backend.name > 3 then break end
      backend.name = backend.name .. "-"
    end
    do return { selected_backend = backend.name } end
    ::continue::
  end
  local ok = pcall(function()
    error("no backend")
    return
  end)
  log(tostring(ok))
  return nil
end

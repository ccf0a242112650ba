function on_route_request(_, backends)
  return {
    selected_backend = backends[1].name,
    modified_headers = { ["X-Host"] = "inner" },
    append_response_headers = { ["Set-Cookie"] = "a=1" },
    modified_host = "inner",
  }
end

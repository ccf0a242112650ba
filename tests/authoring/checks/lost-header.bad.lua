function on_route_request(_, backends)
  local answer = { selected_backend = backends[1].name, modified_headers = { Host = "inner", ["set-cookie"] = "a=1" } }
  answer.modified_headers["Content-Length"] = "5"
  return answer
end

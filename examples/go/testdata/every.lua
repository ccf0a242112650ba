-- An answer with every field that there is.

function on_route_request()
  return {
    selected_backend = "new",
    modified_headers = { ["X-A"] = "1" },
    modified_path = "/v2",
    reject = true,
    reject_reason = "not here",
    reject_status = 302,
    reject_headers = { Location = "/login" },
    reject_body = "go",
    response_headers = { ["X-R"] = "1" },
    append_response_headers = { ["Set-Cookie"] = { "a=1", "b=2" } },
    remove_response_headers = { "Server" },
    remove_headers = { "X-Old" },
    append_headers = { Via = { "a", "b" } },
    modified_host = "h",
    modified_method = "PUT",
    modified_query = "c=d",
    candidates = { "x", "y" },
    retries = 2,
    timeout_ms = 1500,
    mirror = "shadow",
    mirror_percent = 10,
    tags = { team = "blue" },
    cache = { seconds = 60 },
  }
end

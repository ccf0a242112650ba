"""Scripts that show what they were asked, and that answer with every field: for each protocol that asks."""

from __future__ import annotations

SHOW = """
local function shown(value)
  if type(value) ~= "table" then return tostring(value) end
  local names = {}
  for name, item in pairs(value) do names[#names + 1] = tostring(name):lower() .. "=" .. shown(item) end
  table.sort(names)
  return "{" .. table.concat(names, " ") .. "}"
end
function on_route_request(request)
  local seen = {}
  for _, name in ipairs({"method", "path", "raw_path", "query", "host", "headers", "headers_multi", "body", "backends",
                         "body_truncated", "scheme", "protocol", "client_ip", "attempt"}) do
    seen[name] = request[name]
  end
  return {selected_backend = "b", modified_headers = {["X-Seen"] = shown(seen)}}
end
"""

ANSWERS = """
local answers = {
  ["/all"] = {
    selected_backend = "new", modified_path = "/v2/a b?c=d", modified_headers = {["X-A.B"] = "h\\195\\164"}, modified_host = "h",
    modified_method = "PUT", remove_headers = {"X-Old"}, append_headers = {Via = {"a", "b"}}, candidates = {"x", "y"},
    retries = 2, timeout_ms = 1500, mirror = "shadow", mirror_percent = 10, tags = {team = "blue"},
    response_headers = {["X-R"] = "1"}, append_response_headers = {["Set-Cookie"] = "a=1"}, remove_response_headers = {"Server"},
  },
  ["/reject"] = {reject = true, reject_reason = "not here"},
  ["/login"] = {reject = true, reject_status = 302, reject_headers = {Location = "/login"}, reject_body = "go"},
  ["/nowhere"] = {selected_backend = "x", modified_path = "no slash"},
  ["/large"] = {selected_backend = "x", modified_headers = {A = string.rep("x", 20000)}},
  ["/some"] = {selected_backend = "x", modified_headers = {A = string.rep("x", 10000)}},
  ["/nothing"] = {},
}
function on_route_request(request)
  if request.path == "/error" then error("a secret") end
  if request.path == "/endless" then while true do end end
  if request.path == "/long" then local n = 0 for i = 1, 30000 do n = n + i % 7 end return {selected_backend = "long"} end
  return answers[request.path]
end
"""

local bucket = require "bucket"
local json = require "json"
local ngx = require "ngx"
local escape = require("url").escape

function on_route_request(request, backends)
  local user = request.headers["X-User-ID"] or ""
  local role = json.get(request.body)
  local found = ngx.re.match(request.path, "^/(a)", "jo", nil, {})
  local text = json:encode({ role }) .. escape() .. escape("a", true)
  return { selected_backend = backends[bucket.of(user, 100) + 1].name .. text, tags = { a = found and found[1] } }
end

function on_route_request(request, backends)
  local file = io.open("/etc/passwd")
  ngx.log(ngx.ERR, os.getenv("HOME"))
  local parts = string.split(request.path, "/")
  table.insrt(parts, file)
  return { selected_backend = backends[math.round(1.5)].name, modified_path = parts[1] }
end

local json = require "json"
local text = json.encod({}) .. json.get("{}", "/a") .. require("base64").encode64("x")
log(text, loadstring("return 1"))

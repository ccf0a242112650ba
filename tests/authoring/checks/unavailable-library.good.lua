-- A script that asks first knows; one that brings its own has it.
function string.trim(s)
  return (s:gsub("^%s+", ""))
end
local bitlib = bit32 or bit
cjson = { encode = tostring }

function on_route_request(request, backends)
  if ngx then
    ngx.log(ngx.ERR, request.path)
  end
  return { selected_backend = string.trim(cjson.encode(backends[bitlib.band(1, 3)].name)) }
end

local hash, base64 = require "hash", require "base64"
function base64.twice(s)
  return base64.encode(base64.encode(s))
end
log(hash.md5(base64.twice("x")))

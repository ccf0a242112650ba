-- The same in each function's own language, and Lua patterns that have such signs as they stand.
local re = require "re"
local text = require "text"

function on_route_request(request, backends)
  local path = request.path
  if path:match("^/api/v(%d+)/") or path:match("^/files/[%w-]+$") or re.match(path, [[^/api/v\d{2,3}/(a|b)]]) then
    return { selected_backend = backends[1].name }
  elseif path:match("^([^|]*)|(.*)$") or path:match("%a+|%d+") or path:find("a|b", 1, true) then
    return { selected_backend = backends[2].name }
  elseif path:match("[\\/]$") or path:match("\\%d") or path:match("^{%w+}") or path:match("\"%d\"\n") then
    return { selected_backend = backends[3].name }
  end
  local parts = text.split(path, "|")
  return { selected_backend = parts[1] .. text.split(path, ".")[1] }
end

function more(path)
  return path:match("^(/.*)%?(.*)$"), path:match("^(.-)?"), path:find("[.*?]"), path:find("[:alpha]+")
end

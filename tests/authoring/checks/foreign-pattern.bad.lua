-- Regular expressions for Lua's functions, Lua's patterns for those of re, patterns for plain text.
local re = require "re"
local text = require "text"

function on_route_request(request, backends)
  local path = request.path
  if path:match("^/api/v(\d+)/") or path:match("^/api/v\\d+/") or path:match([[^/files/[\w-]+$]]) then
    return { selected_backend = backends[1].name }
  elseif path:match("^/(api|admin)/") or request.method:match("GET|HEAD") or path:find("^/%d{2,3}/") then
    return { selected_backend = backends[2].name }
  elseif request.host:match("(?:www|api)%..*") or request.host:find("api\.example") then
    return { selected_backend = backends[3].name }
  end
  local name = text.split(path, "%s*,%s*")[1] .. re.sub(path, "^/%w+/", "")
  return { selected_backend = name }
end

function more(path)
  return path:match("^/.*?/x"), path:match("^.+?$"), path:find("[[:alpha:]]+")
end

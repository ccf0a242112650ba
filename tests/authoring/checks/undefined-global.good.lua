-- Known: the library, what a module makes, request and backends, what the script asks about before it uses it.
local words = require "words"

limit = 5
local unpack = unpack or table.unpack
local size = cache_size or limit

function on_route_request()
  log(tostring(size), unpack(shared_words))
  if debug_hook ~= nil then
    debug_hook(request.path)
  end
  if type(extra) == "function" then
    extra()
  end
  return { selected_backend = words.first .. backends[1].name }
end

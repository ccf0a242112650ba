-- a path of six segments split
-- call: #text.split(path, "/")
local text, path = require "text", "/api/v2/users/4711/orders/7"
-- peer: by hand in Lua
local text, path = {}, "/api/v2/users/4711/orders/7"
function text.split(s, separator)
  local out, start = {}, 1
  while true do
    local from, to = s:find(separator, start, true)
    if not from then
      out[#out + 1] = s:sub(start)
      return out
    end
    out[#out + 1] = s:sub(start, from - 1)
    start = to + 1
  end
end

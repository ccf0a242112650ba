-- Answers that are used, calls for what they do, and methods of other objects.
local json = require "json"
local queue = { items = {} }

function queue:sub(item)
  self.items[#self.items + 1] = item
end

function on_route_request(request, backends)
  local path = request.path:lower():gsub("//+", "/")
  local count = 0
  path:gsub("%d", function(digit)
    count = count + tonumber(digit)
  end)
  queue:sub(path)
  pcall(json.decode, request.body)
  table.insert(queue.items, path)
  return { selected_backend = backends[count % #backends + 1].name, modified_path = path }
end

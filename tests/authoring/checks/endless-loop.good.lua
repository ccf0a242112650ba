function on_route_request(request, backends)
  local i, n = 1, #backends
  while i <= n do
    i = i + 1
  end
  while true do
    n = n + 1
    if n > 10 then break end
  end
  repeat
    if n > 3 then
      return { selected_backend = backends[1].name }
    end
    n = n + 1
  until false
  return nil
end

local queue, more = { 1 }, true
local function take()
  more = false
end
while more do take() end
while #queue > 0 do table.remove(queue) end
while 1 do error("left") end

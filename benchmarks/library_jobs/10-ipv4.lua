-- an address of IPv4 in 10,000 networks
-- call: list:match("12.34.0.9")
local ip = require "ip"
local list = constant(function()
  local networks = {}
  for i = 0, 9999 do
    networks[#networks + 1] = string.format("%d.%d.0.0/24", 10 + i / 256, i % 256)
  end
  return ip.matcher(networks)
end)

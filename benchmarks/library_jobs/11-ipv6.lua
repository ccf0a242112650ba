-- an address of IPv6 in 10,000 networks
-- call: list:match("2001:db8:4::1")
local ip = require "ip"
local list = constant(function()
  local networks = {}
  for i = 0, 9999 do
    networks[#networks + 1] = string.format("2001:db8:%x::/48", i * 2)
  end
  return ip.matcher(networks)
end)

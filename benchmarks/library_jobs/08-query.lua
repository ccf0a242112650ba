-- a query of six parameters
-- call: url.parse_query(text).c
local url, text = require "url", "a=1&b=%20x&c=hello+you&d=4&e=5&f=%41"
-- peer: by hand in Lua
local url, text = {}, "a=1&b=%20x&c=hello+you&d=4&e=5&f=%41"
local function byte(digits)
  return string.char(tonumber(digits, 16))
end
local function plain(s)
  return (s:gsub("%+", " "):gsub("%%(%x%x)", byte))
end
function url.parse_query(s)
  local out = {}
  for name, value in s:gmatch("([^&=]+)=([^&]*)") do
    out[plain(name)] = plain(value)
  end
  return out
end

-- 800 characters of base64 decoded
-- call: #base64.decode(text)
local base64, text = require "base64", ("QUJD"):rep(200)
-- peer: by hand in Lua
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local text, value_of, base64 = ("QUJD"):rep(200), {}, {}
for i = 1, 64 do
  value_of[letters:byte(i)] = i - 1
end
function base64.decode(s)
  local out, bits, held = {}, 0, 0
  for i = 1, #s do
    local value = value_of[s:byte(i)]
    if value then
      held, bits = held * 64 + value, bits + 6
      if bits >= 8 then
        bits = bits - 8
        out[#out + 1] = string.char(math.floor(held / 2 ^ bits))
        held = held % 2 ^ bits
      end
    end
  end
  return table.concat(out)
end
